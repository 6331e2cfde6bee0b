/** The foot of the editor: how large the flow is, and what can be opened below. */
import { type BottomTab, useFlow, useFlowStore } from "../store";
import { flow } from "../texts";
import styles from "./StatusBar.module.css";

const TABS: readonly BottomTab[] = ["problems", "learns", "runs"];

export function StatusBar() {
  const t = flow.useT();
  const steps = useFlow((state) => state.doc.steps.length);
  const wires = useFlow((state) =>
    state.doc.steps.reduce((sum, step) => sum + Object.keys(step.inputs ?? {}).length, 0),
  );
  const chosen = useFlow((state) => state.selection.length);
  return (
    <div role="toolbar" className={styles.bar} aria-label={t("status")}>
      {TABS.map((tab) => (
        <Opener key={tab} tab={tab} />
      ))}
      <span className={styles.facts}>
        {chosen > 1 && <span>{t("status.chosen", { count: chosen })}</span>}
        <span>{t("status.steps", { count: steps })}</span>
        <span>{t("status.wires", { count: wires })}</span>
      </span>
    </div>
  );
}

function Opener({ tab }: { tab: BottomTab }) {
  const t = flow.useT();
  const store = useFlowStore();
  const open = useFlow((state) => state.bottom === tab);
  const problems = useFlow((state) => (state.doc.steps.length === 0 ? 0 : state.problems.length));
  const sound = useFlow((state) => state.explained !== undefined);
  return (
    <button
      type="button"
      className={styles.opener}
      aria-expanded={open}
      onClick={() => store.put({ bottom: open ? undefined : tab })}
    >
      {tab === "problems" && sound && problems === 0 ? t("status.sound") : t(`status.${tab}`)}
      {tab === "problems" && problems > 0 && <b className={styles.count}>{problems}</b>}
    </button>
  );
}
