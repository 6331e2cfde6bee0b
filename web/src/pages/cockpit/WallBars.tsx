/** Ended jobs by day or hour as plain bars: they need no drawing engine, and are sharp at any size. */
import { cockpit } from "./texts";
import styles from "./wall.module.css";

export const OUTCOMES = ["finished", "failed", "rejected", "cancelled"] as const;
export type Outcomes = Record<(typeof OUTCOMES)[number], number>;

interface WallBarsProps {
  label: string;
  most: string;
  bars: (Outcomes & { label: string })[];
  /** Every so many bars bear their label. */
  every: number;
}

const sumOf = (bar: Outcomes): number => OUTCOMES.reduce((sum, outcome) => sum + bar[outcome], 0);

export function WallBars({ label, most, bars, every }: WallBarsProps) {
  const t = cockpit.useT();
  const highest = Math.max(1, ...bars.map(sumOf));
  return (
    <figure className={styles.bars}>
      <figcaption className={styles.caption}>
        {label} <span>{most}</span>
        <span className={styles.legend} aria-hidden>
          {OUTCOMES.map((outcome) => (
            <span key={outcome} data-outcome={outcome}>
              {t(`series.${outcome}`)}
            </span>
          ))}
        </span>
      </figcaption>
      <div className={styles.columns} role="img" aria-label={`${label}, ${most}`}>
        {bars.map((bar, place) => (
          <div key={bar.label} className={styles.column}>
            <div className={styles.stack}>
              {OUTCOMES.map((outcome) => (
                <span key={outcome} data-outcome={outcome} style={{ height: `${(100 * bar[outcome]) / highest}%` }} />
              ))}
            </div>
            <span className={styles.tick}>{(bars.length - 1 - place) % every === 0 ? bar.label : ""}</span>
          </div>
        ))}
      </div>
    </figure>
  );
}

export const highestOf = (bars: Outcomes[]): number => Math.max(0, ...bars.map(sumOf));
