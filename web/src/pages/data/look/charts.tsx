/** Small charts for the lines of a table; each says in words what it shows. */
import type { ColumnGlance } from "../../../api/types";
import { useFormat } from "../../../core/format";
import { data } from "../texts";
import styles from "./look.module.css";
import { outlineOf } from "./shape";

const WIDTH = 168;
const HEIGHT = 34;
/** Characters that fit below the chart. */
const ROOM = 24;

/** Digits after the point that matter over such a width. */
const digitsOf = (width: number): number => Math.max(0, 2 - Math.floor(Math.log10(width)));

/** How much is missing, with half the width of its interval where only a sample was seen. */
export function Missing({ share, error }: { share: number; error: number }) {
  const format = useFormat();
  return (
    <span className={styles.missing}>
      <svg width="56" height="8" aria-hidden className={styles.bar}>
        <rect width="56" height="8" rx="4" className={styles.ground} />
        <rect width={share > 0 ? Math.max(3, 56 * share) : 0} height="8" rx="4" className={styles.gap} />
      </svg>
      <span>
        {format.percent(share)}
        {error >= 0.0005 && share > 0 && <span className={styles.error}> ± {format.percent(error)}</span>}
      </span>
    </span>
  );
}

/** The outline of numbers between their 1 % and 99 % quantiles, the middle half darker, the median marked. */
export function Outline({ quantiles, name }: { quantiles: Record<string, number>; name: string }) {
  const t = data.useT();
  const format = useFormat();
  const outline = outlineOf(quantiles);
  if (outline === undefined) return <span>{format.number(Object.values(quantiles)[0], 4)}</span>;
  const { from, to, shares } = outline;
  const top = Math.max(...shares);
  const bar = WIDTH / shares.length;
  const [low = from, middle = from, high = to] = [quantiles["0.25"], quantiles["0.5"], quantiles["0.75"]];
  const x = (value: number): number => ((value - from) / (to - from)) * WIDTH;
  const write = (value: number): string => format.number(value, digitsOf(to - from));
  const values = { name, from: write(from), to: write(to), middle: write(middle) };
  const fits = values.from.length + values.middle.length + values.to.length <= ROOM;
  return (
    <span className={styles.outline}>
      <svg width={WIDTH} height={HEIGHT} role="img" aria-label={t("look.outline", values)}>
        {shares.map((share, place) => {
          const height = top > 0 ? (share / top) * (HEIGHT - 4) : 0;
          const value = from + ((place + 0.5) / shares.length) * (to - from);
          return (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: bins are their places
              key={place}
              x={place * bar}
              y={HEIGHT - 1 - height}
              width={Math.max(1, bar - 1)}
              height={height}
              className={value >= low && value <= high ? styles.middle : styles.outer}
            />
          );
        })}
        <line x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} className={styles.axis} />
        <line x1={x(middle)} x2={x(middle)} y1="0" y2={HEIGHT} className={styles.median} />
      </svg>
      <span className={styles.ends} aria-hidden>
        <span>{values.from}</span>
        {fits && <span title={t("look.median")}>{values.middle}</span>}
        <span>{values.to}</span>
      </span>
    </span>
  );
}

interface Frequent {
  value: string | number | boolean;
  count: number;
}

/** The most frequent values and how many rows have them. */
export function Often({ top, sample, name }: { top: ColumnGlance["top"]; sample: number; name: string }) {
  const t = data.useT();
  const format = useFormat();
  const values = (top as unknown as Frequent[]).slice(0, 4);
  const most = Math.max(...values.map((one) => one.count));
  return (
    <ul className={styles.often} aria-label={t("look.often", { name })}>
      {values.map(({ value, count }) => (
        <li key={String(value)}>
          <span className={styles.value} data-raw>
            {String(value)}
          </span>
          <svg width="72" height="8" aria-hidden>
            <rect width={Math.max(2, (72 * count) / most)} height="8" rx="2" className={styles.middle} />
          </svg>
          <span className={styles.share}>{format.percent(count / sample)}</span>
        </li>
      ))}
      {top.length > values.length && (
        <li className={styles.none}>{t("look.more", { count: top.length - values.length })}</li>
      )}
    </ul>
  );
}
