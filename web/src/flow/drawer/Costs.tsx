/** What one step, and the whole flow, will take. */
import { useFormat } from "../../core/format";
import { own } from "../../core/own";
import { KeyValue } from "../../ui/KeyValue";
import type { FlowStep } from "../document";
import { sides } from "../sides/texts";
import { useFlow } from "../store";
import styles from "./Drawer.module.css";

interface Amounts {
  seconds: number;
  bytes_sent: number;
  memory_mb: number;
}

export function Costs({ step }: { step: FlowStep }) {
  const t = sides.useT();
  const explained = useFlow((state) => state.explained);
  if (explained === undefined) return <p className={styles.quiet}>{t("cost.unsound")}</p>;
  const { forecast } = explained;
  if (!forecast) return <p className={styles.quiet}>{t("cost.unknown")}</p>;
  const part = own(forecast.steps, step.id);
  return (
    <div className={styles.stack}>
      <p className={styles.quiet}>{t("cost.lead")}</p>
      {part !== undefined && (
        <>
          <h3 className={styles.heading}>{t("cost.step")}</h3>
          <Amount of={part} />
        </>
      )}
      <h3 className={styles.heading}>{t("cost.flow")}</h3>
      <Amount of={forecast} />
    </div>
  );
}

export function Amount({ of }: { of: Amounts }) {
  const t = sides.useT();
  const format = useFormat();
  return (
    <KeyValue
      items={[
        [t("cost.seconds"), format.seconds(of.seconds)],
        [t("cost.bytes"), format.bytes(of.bytes_sent)],
        [t("cost.memory"), format.bytes(of.memory_mb * 1e6)],
      ]}
    />
  );
}
