/** What the last job of this flow gave at one step. */
import { Button } from "@mantine/core";
import { to } from "../../core/nav";
import { StateBadge } from "../../ui/Badge";
import { Diagnostic, Time } from "../../ui/Diagnostic";
import { KeyValue } from "../../ui/KeyValue";
import { Link } from "../../ui/Link";
import type { FlowStep } from "../document";
import { sides } from "../sides/texts";
import { useFlow } from "../store";
import styles from "./Drawer.module.css";

export function LastResult({ step }: { step: FlowStep }) {
  const t = sides.useT();
  const run = useFlow((state) => state.run);
  const done = run?.steps.find((known) => known.id === step.id);
  if (run === undefined) return <p className={styles.quiet}>{t("result.none")}</p>;
  if (done === undefined) return <p className={styles.quiet}>{t("result.not_in", { job: run.name })}</p>;
  return (
    <div className={styles.stack}>
      <KeyValue
        items={[
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
