/** The same flow as a new job, whole or from one step on. Nothing of the former job is used again, and that is said. */
import { Button, Group } from "@mantine/core";
import { useAct } from "../../api/hooks";
import type { JobDetail } from "../../api/types";
import { go } from "../../core/location";
import { to } from "../../core/nav";
import { core } from "../../core/texts";
import type { FlowDoc } from "../../flow/document";
import { slice } from "../../flow/slice";
import { Diagnostic } from "../../ui/Diagnostic";
import { Dialog } from "../../ui/Dialog";
import styles from "./job.module.css";
import { useOperatorTitle } from "./operators";
import { jobs } from "./texts";

interface AgainProps {
  job: JobDetail;
  /** From this step on; without it, everything. */
  from: string | undefined;
  onClose: () => void;
}

export function Again({ job, from, onClose }: AgainProps) {
  const t = jobs.useT();
  const c = core.useT();
  const title = useOperatorTitle();
  const submit = useAct("post", "/jobs", { invalidates: ["/jobs"] });
  const doc = job.flow as unknown as FlowDoc;
  const flow = from === undefined ? doc : slice(doc, from, "from");
  const send = async (): Promise<void> => {
    const body = { flow: flow as unknown as Record<string, unknown>, agreement: job.agreement_id };
    const made = await submit.mutateAsync({ body });
    onClose();
    go(to.job(made.id));
  };
  const heading = from === undefined ? t("again") : t("again.from", { step: from });
  return (
    <Dialog opened onClose={onClose} title={heading} size="lg">
      <p className={styles.text}>
        {from === undefined
          ? t("again.text")
          : t("again.from_text", { count: flow.steps.length, all: doc.steps.length })}
      </p>
      <ol className={styles.steps}>
        {flow.steps.map((step) => (
          <li key={step.id}>
            <strong>{step.id}</strong> <span className={styles.muted}>{title(step.operator)}</span>
          </li>
        ))}
      </ol>
      <p className={styles.text}>{t("again.approval")}</p>
      {submit.error && <Diagnostic problem={submit.error} compact />}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          {c("cancel")}
        </Button>
        <Button loading={submit.isPending} onClick={() => void send().catch(() => {})}>
          {t("again.act", { count: flow.steps.length })}
        </Button>
      </Group>
    </Dialog>
  );
}
