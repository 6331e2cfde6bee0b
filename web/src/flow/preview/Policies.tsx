/** What the policies of this node's own data say of the flow, and what their privacy budgets leave. */
import { useFormat } from "../../core/format";
import { useW } from "../../core/texts";
import { Diagnostic } from "../../ui/Diagnostic";
import { Card } from "../../ui/Section";
import type { FlowDoc } from "../document";
import { sides } from "../sides/texts";
import { epsilonOf, useBudgets, usePolicies } from "./findings";
import styles from "./Preview.module.css";

export function Policies({ doc, agreement }: { doc: FlowDoc; agreement: string | undefined }) {
  const t = sides.useT();
  const w = useW();
  const { data: found, error } = usePolicies(doc, agreement, true);
  const epsilon = epsilonOf(doc);
  if (error !== null) return <Diagnostic problem={error} compact />;
  if (found === undefined) return null;
  const refused = found.datasets.filter((dataset) => !dataset.allowed);
  const tone = found.allowed ? "ok" : found.mode === "enforce" ? "bad" : "warn";
  return (
    <Card tone={tone}>
      <p className={styles.note}>
        {found.allowed ? t("policy.allowed") : found.mode === "enforce" ? t("policy.refused") : t("policy.observed")}
      </p>
      {refused.length > 0 && (
        <ul className={styles.faults}>
          {refused.flatMap((dataset) =>
            dataset.reasons.map((reason) => (
              <li key={`${dataset.dataset}:${reason.rule}:${reason.step}:${reason.code}`}>
                {t("policy.reason", { dataset: dataset.dataset, text: w(reason.text) })}
              </li>
            )),
          )}
        </ul>
      )}
      {epsilon !== undefined && <Budgets doc={doc} epsilon={epsilon} />}
    </Card>
  );
}

function Budgets({ doc, epsilon }: { doc: FlowDoc; epsilon: number }) {
  const t = sides.useT();
  const format = useFormat();
  const { data: budgets } = useBudgets(doc, true);
  return (
    <ul className={styles.faults}>
      <li>{t("policy.epsilon", { epsilon: format.number(epsilon) })}</li>
      {(budgets ?? []).map((budget) => {
        const left = Object.values(budget.left);
        return (
          <li key={budget.dataset}>
            {left.length === 0
              ? t("policy.spent", { dataset: budget.dataset, spent: format.number(budget.epsilon) })
              : t("policy.left", {
                  dataset: budget.dataset,
                  spent: format.number(budget.epsilon),
                  left: format.number(Math.min(...left)),
                })}
          </li>
        );
      })}
    </ul>
  );
}
