/** The flow as a table of steps: all that the canvas can do but places, for keyboards, screen readers and small screens. */
import { Button } from "@mantine/core";
import IconCopyPlus from "@tabler/icons-react/dist/esm/icons/IconCopyPlus.mjs";
import IconTrash from "@tabler/icons-react/dist/esm/icons/IconTrash.mjs";
import { useMemo } from "react";
import { core } from "../../core/texts";
import { duplicate } from "../clipboard";
import { removeSteps } from "../commands";
import { sides } from "../sides/texts";
import { type FlowStore, useFlow, useFlowStore } from "../store";
import { AddStep } from "./AddStep";
import styles from "./ListView.module.css";
import { StepRow } from "./StepRow";

/** Up to here all choices are made at once. */
const SHORT = 60;

export function ListView() {
  const t = sides.useT();
  const common = core.useT();
  const store = useFlowStore();
  const steps = useFlow((state) => state.doc.steps);
  const selection = useFlow((state) => state.selection);
  const problems = useFlow((state) => state.problems);
  const faults = useMemo(() => Map.groupBy(problems, (problem) => problem.step ?? ""), [problems]);
  const run = useFlow((state) => state.run);
  const told = run !== undefined || steps.some((step) => faults.has(step.id));
  const all = steps.length > 0 && selection.length === steps.length;
  return (
    <div className={styles.view}>
      <div className={styles.tools}>
        <AddStep />
        <span className={styles.gap} />
        <Button
          variant="default"
          size="xs"
          leftSection={<IconCopyPlus size={15} aria-hidden />}
          disabled={selection.length === 0}
          onClick={() => again(store, t("undo.duplicate"))}
        >
          {t("list.duplicate")}
        </Button>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconTrash size={15} aria-hidden />}
          disabled={selection.length === 0}
          onClick={() => store.run(removeSteps(selection), t("undo.remove"))}
        >
          {t("list.remove")}
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section className={styles.box} aria-label={t("list.steps")} tabIndex={0}>
        <table className={styles.table}>
          <caption className={styles.hidden}>{t("list.steps")}</caption>
          <thead>
            <tr>
              <th scope="col">
                <input
                  type="checkbox"
                  aria-label={common("select.all")}
                  checked={all}
                  onChange={() => store.select(all ? [] : steps.map((step) => step.id))}
                />
              </th>
              <th scope="col">{t("list.id")}</th>
              <th scope="col">{t("list.operator")}</th>
              <th scope="col">{t("list.seats")}</th>
              <th scope="col">{t("list.inputs")}</th>
              {told && <th scope="col">{t("list.state")}</th>}
              <th scope="col">
                <span className={styles.hidden}>{t("list.actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {steps.map((step, place) => (
              <StepRow
                // biome-ignore lint/suspicious/noArrayIndexKey: two steps may bear one id, which is a problem but no reason to fail
                key={`${step.id}:${place}`}
                step={step}
                chosen={selection.includes(step.id)}
                faults={faults.get(step.id)?.length ?? 0}
                told={told}
                eager={steps.length <= SHORT}
              />
            ))}
          </tbody>
        </table>
        {steps.length === 0 && <p className={styles.none}>{t("next.steps")}</p>}
      </section>
    </div>
  );
}

function again(store: FlowStore, label: string): void {
  const { doc, selection, specs } = store.get();
  const made = duplicate(doc, selection, specs);
  store.run(made.command, label);
  store.select(made.ids);
}
