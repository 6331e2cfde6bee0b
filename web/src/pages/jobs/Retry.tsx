/** Going on with a job that failed: what is kept and what runs again, before it is done. */
import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { useAct } from "../../api/hooks";
import type { JobDetail } from "../../api/types";
import { core } from "../../core/texts";
import { Diagnostic } from "../../ui/Diagnostic";
import { Dialog } from "../../ui/Dialog";
import { Reason } from "./Endings";
import styles from "./job.module.css";
import { useOperatorTitle } from "./operators";
import { jobs } from "./texts";

/** Whether this node may ask for it; the node, and every other party, then decides. */
export function isRetriable(job: JobDetail): boolean {
  const revoked = (job.cause as { code?: string } | null)?.code === "job.revoked";
  return job.mine && job.state === "FAILED" && job.started_at !== null && !revoked;
}

export function Retry({ job, onClose }: { job: JobDetail; onClose: () => void }) {
  const t = jobs.useT();
  const c = core.useT();
  const [reason, setReason] = useState("");
  const retry = useAct("post", "/jobs/{job_id}/retry", {
    invalidates: ["/jobs", "/jobs/{job_id}", "/jobs/{job_id}/log"],
    success: t("retry.done", { name: job.name }),
  });
  const send = async (): Promise<void> => {
    await retry.mutateAsync({ path: { job_id: job.id }, body: { reason } });
    onClose();
  };
  const kept = job.steps.filter((step) => step.state === "SUCCESS");
  const again = job.steps.filter((step) => step.state !== "SUCCESS");
  return (
    <Dialog opened onClose={onClose} title={t("retry.title")} size="lg">
      <p className={styles.text}>{t("retry.text")}</p>
      {kept.length > 0 && <StepList title={t("retry.kept", { count: kept.length })} steps={kept} />}
      <StepList title={t("retry.again", { count: again.length })} steps={again} />
      <p className={styles.text}>{t("retry.approval")}</p>
      <Reason value={reason} onChange={setReason} />
      {retry.error && <Diagnostic problem={retry.error} compact />}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          {c("cancel")}
        </Button>
        <Button loading={retry.isPending} onClick={() => void send().catch(() => {})}>
          {t("retry.act")}
        </Button>
      </Group>
    </Dialog>
  );
}

function StepList({ title, steps }: { title: string; steps: JobDetail["steps"] }) {
  const operator = useOperatorTitle();
  return (
    <section aria-label={title}>
      <h3 className={styles.problem}>{title}</h3>
      <ul className={styles.steps}>
        {steps.map((step) => (
          <li key={step.id}>
            <strong>{step.id}</strong> <span className={styles.muted}>{operator(step.operator)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
