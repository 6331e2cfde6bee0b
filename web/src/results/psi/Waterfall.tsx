/** From rows read to keys that match, as a table whose rows are bars. */
import { useFormat } from "../../core/format";
import parts from "../parts.module.css";
import { results } from "../texts";
import type { Fate, Reconciled } from "./figures";
import styles from "./Waterfall.module.css";

export function Waterfall({ reconciled, read }: { reconciled: Reconciled; read: number }) {
  const t = results.useT();
  return (
    <div className={parts.box}>
      <table className={parts.table}>
        <thead>
          <tr>
            <th scope="col">{t("psi.fate")}</th>
            <th scope="col" data-number>
              {t("rows")}
            </th>
            <th scope="col" className={styles.barHead}>
              {t("share")}
            </th>
          </tr>
        </thead>
        <tbody>
          {reconciled.fates.map((fate) => (
            <Line key={fate.key} fate={fate} read={Math.max(read, 1)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Line({ fate, read }: { fate: Fate; read: number }) {
  const t = results.useT();
  const format = useFormat();
  const { key, count, from, lost } = fate;
  const sign = lost && count > 0 ? "−" : "";
  return (
    <tr data-total={key === "used" || key === "matched" || undefined} className={styles.line}>
      <th scope="row">{t(`psi.fate.${key}`)}</th>
      <td data-number>{`${sign}${format.number(count)}`}</td>
      <td>
        <div className={styles.track} title={format.percent(count / read, 2)} aria-hidden>
          {count > 0 && (
            <div
              className={styles.bar}
              data-kind={lost ? "lost" : key}
              style={{ left: `${(100 * from) / read}%`, width: `${(100 * Math.min(count, read)) / read}%` }}
            />
          )}
        </div>
      </td>
    </tr>
  );
}
