/** A histogram in the height of a line. */
import styles from "./Sparkline.module.css";

interface SparklineProps {
  counts: readonly number[];
  /** What it shows, in words. */
  label: string;
  width?: number;
  height?: number;
}

export function Sparkline({ counts, label, width = 120, height = 28 }: SparklineProps) {
  const most = Math.max(1, ...counts);
  const step = width / Math.max(1, counts.length);
  return (
    <svg className={styles.spark} role="img" aria-label={label} width={width} height={height}>
      <line x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} className={styles.base} />
      {counts.map((count, place) => {
        const tall = count === 0 ? 0 : Math.max(1.5, (count / most) * (height - 2));
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its place
            key={place}
            className={styles.bar}
            x={place * step + 0.5}
            y={height - tall}
            width={Math.max(1, step - 1)}
            height={tall}
            rx={1}
          />
        );
      })}
    </svg>
  );
}
