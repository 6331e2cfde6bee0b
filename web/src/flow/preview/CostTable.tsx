/** Time, traffic and memory of each step and of all. */
import type { Explained } from "../../api/types";
import { useFormat } from "../../core/format";
import { own } from "../../core/own";
import { useW } from "../../core/texts";
import type { FlowDoc } from "../document";
import { sides } from "../sides/texts";
import { useFlow } from "../store";
import { operatorTitle } from "./agreements";
import styles from "./Preview.module.css";

export function CostTable({ doc, explained }: { doc: FlowDoc; explained: Explained }) {
  const t = sides.useT();
  const w = useW();
  const format = useFormat();
  const specs = useFlow((state) => state.specs);
  const { forecast } = explained;
  if (!forecast) return <p className={styles.quiet}>{t("cost.unknown")}</p>;
  const rows = doc.steps.map((step) => ({ step, cost: own(forecast.steps, step.id) }));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={t("preview.cost")}>
      <table className={styles.costs}>
        <thead>
          <tr>
            <th scope="col">{t("cost.of_step")}</th>
            <th scope="col">{t("cost.seconds")}</th>
            <th scope="col">{t("cost.bytes")}</th>
            <th scope="col">{t("cost.memory")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ step, cost }) => (
            <tr key={step.id}>
              <th scope="row">
                {operatorTitle(specs, step.operator, w)} <code data-raw>{step.id}</code>
              </th>
              <td>{format.seconds(cost?.seconds)}</td>
              <td>{format.bytes(cost?.bytes_sent)}</td>
              <td>{format.bytes(cost === undefined ? undefined : cost.memory_mb * 1e6)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t("cost.flow")}</th>
            <td>{format.seconds(forecast.seconds)}</td>
            <td>{format.bytes(forecast.bytes_sent)}</td>
            <td>{format.bytes(forecast.memory_mb * 1e6)}</td>
          </tr>
        </tfoot>
      </table>
    </section>
  );
}
