/** What the last job of this flow gave at one step. */
import { Button } from "@mantine/core";
import { to } from "../../core/nav";
import { Loading } from "../../ui/Async";
import { StateBadge } from "../../ui/Badge";
import { Diagnostic, Time } from "../../ui/Diagnostic";
import { KeyValue } from "../../ui/KeyValue";
import { Link } from "../../ui/Link";
import { useLastJob } from "../bottom/last";
import type { FlowStep } from "../document";
import { sides } from "../sides/texts";
import styles from "./Drawer.module.css";

const MISSING = {
  not_allowed: "runs.not_allowed",
  unsound: "result.unsound",
  none: "result.none",
  older: "result.none_saved",
} as const;

export function LastResult({ step }: { step: FlowStep }) {
  const t = sides.useT();
  const last = useLastJob();
  if (last.state === "loading") return <Loading />;
  if (last.state !== "known") return <p className={styles.quiet}>{t(MISSING[last.state])}</p>;
  const run = last.job;
  const done = run.steps.find((known) => known.id === step.id);
  if (done === undefined) return <p className={styles.quiet}>{t("result.not_in", { job: run.name })}</p>;
  return (
    <div className={styles.stack}>
      <KeyValue
        items={[
          [
            t("result.of"),
            <Link key="job" href={to.job(run.id)}>
              {run.name}
            </Link>,
          ],
          [t("result.state"), <StateBadge key="state" state={done.state} />],
          [t("result.ended"), <Time key="ended" at={run.ended_at ?? run.started_at} />],
        ]}
      />
      {done.error && <Diagnostic problem={done.error} compact />}
      <div>
        <Button component={Link} href={to.job(run.id, "results")} variant="default" size="compact-sm">
          {t("result.open")}
        </Button>
      </div>
    </div>
  );
}
