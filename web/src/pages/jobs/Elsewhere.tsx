/** Results that other parties alone have: an empty place would not say whether there is a figure at all. */
import type { JobDetail, JobStep } from "../../api/types";
import { useMe } from "../../core/session";
import { Party } from "../../ui/Party";
import styles from "./job.module.css";
import { useOperatorTitle } from "./operators";
import { jobs } from "./texts";

/** Reading one's own table is no result for the others. */
const SOURCES: ReadonlySet<string> = new Set(["dataset.read", "dataset.profile"]);

export const elsewhereOf = (steps: readonly JobStep[], me: string | undefined): JobStep[] =>
  steps.filter(({ operator, at }) => !SOURCES.has(operator) && !Object.values(at).some((party) => party === me));

export function Elsewhere({ job }: { job: JobDetail }) {
  const t = jobs.useT();
  const title = useOperatorTitle();
  const me = useMe().node?.name;
  const steps = me === undefined ? [] : elsewhereOf(job.steps, me);
  if (steps.length === 0) return null;
  return (
    <ul className={styles.elsewhere} aria-label={t("elsewhere")}>
      {steps.map((step) => (
        <li key={step.id}>
          {t("elsewhere.step", { what: title(step.operator), step: step.id })}{" "}
          {[...new Set(Object.values(step.at))].map((party) => (
            <Party key={party} name={party} size="sm" />
          ))}
        </li>
      ))}
    </ul>
  );
}
