/** The sets as bars whose lengths are true, the common part one above the other: exact also where it is tiny. */
import { useFormat } from "../../core/format";
import { Party, useHue } from "../../ui/Party";
import { results } from "../texts";
import type { Overlap as Sets } from "./figures";
import styles from "./Overlap.module.css";

interface OverlapProps {
  overlap: Sets;
  party: (role: string) => string;
  noisy: boolean;
}

const percent = (part: number, whole: number): string => `${(100 * part) / Math.max(1, whole)}%`;

export function Overlap({ overlap, party, noisy }: OverlapProps) {
  const t = results.useT();
  const format = useFormat();
  const { sides, common, all } = overlap;
  const scale = all ?? Math.max(...sides.map((side) => side.keys));
  const first = sides[0]?.keys ?? 0;
  const start = all === null || common === null ? 0 : first - common;
  return (
    <div className={styles.overlap}>
      {sides.map((side, place) => (
        <Bar
          key={side.role}
          name={party(side.role)}
          keys={side.keys}
          left={percent(place === 0 ? 0 : start, scale)}
          width={percent(side.keys, scale)}
          common={common === null ? null : { left: percent(start, scale), width: percent(common, scale) }}
        />
      ))}
      <p className={styles.legend}>
        {common === null ? (
          t("psi.overlap.none")
        ) : (
          <>
            <span aria-hidden className={styles.swatch} />
            {t("psi.overlap.common", { keys: `${noisy ? "≈ " : ""}${format.number(common)}` })}
          </>
        )}
      </p>
    </div>
  );
}

interface BarProps {
  name: string;
  keys: number;
  left: string;
  width: string;
  common: { left: string; width: string } | null;
}

function Bar({ name, keys, left, width, common }: BarProps) {
  const t = results.useT();
  const hue = useHue()(name);
  return (
    <div className={styles.side} data-hue={hue}>
      <div className={styles.who}>
        <Party name={name} size="sm" />
        <span className={styles.keys}>{t("psi.keys", { count: keys })}</span>
      </div>
      <div className={styles.track} aria-hidden>
        <div className={styles.set} style={{ left, width }} />
        {common !== null && <div className={styles.common} style={common} />}
      </div>
    </div>
  );
}
