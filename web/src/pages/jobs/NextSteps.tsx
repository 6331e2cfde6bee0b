/** What to do about a failure: go on, change the flow, run it anew; and who has to mend what. */
import { Button, Group } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { JobDetail } from "../../api/types";
import { Can } from "../../core/permissions";
import { useMe } from "../../core/session";
import { Diagnostic } from "../../ui/Diagnostic";
import { Again } from "./Again";
import { failedStep, isSettled } from "./causes";
import styles from "./job.module.css";
import { openFlowOf } from "./mend";
import { isRetriable, Retry } from "./Retry";
import { jobs } from "./texts";

export function NextSteps({ job }: { job: JobDetail }) {
  const t = jobs.useT();
  const [dialog, setDialog] = useState<"retry" | "again">();
  const step = failedStep(job);
  const mends = useWhoMends(job);
  const change = useMutation({ mutationFn: () => openFlowOf(job, step) });
  const close = (): void => setDialog(undefined);
  const settled = job.state === "FAILED" && isSettled(job);
  const retry = isRetriable(job) && (
    <Can action="job.retry">
      <Button variant={settled ? "default" : "filled"} onClick={() => setDialog("retry")}>
        {step === undefined ? t("retry.act") : t("retry.from", { step })}
      </Button>
    </Can>
  );
  return (
    <section className={styles.next} aria-label={t("next")}>
      {job.state === "FAILED" && <p className={styles.text}>{mends}</p>}
      <Group gap="xs">
        {!settled && retry}
        <Can action="flow.write">
          <Button variant={settled ? "filled" : "default"} loading={change.isPending} onClick={() => change.mutate()}>
            {step === undefined ? t("next.flow") : t("next.flow_at", { step })}
          </Button>
        </Can>
        {settled && retry}
        <Can action="job.submit">
          <Button variant="default" onClick={() => setDialog("again")}>
            {t("again")}
          </Button>
        </Can>
      </Group>
      {change.error !== null && <Diagnostic problem={change.error} compact />}
      {dialog === "retry" && <Retry job={job} onClose={close} />}
      {dialog === "again" && <Again job={job} from={undefined} onClose={close} />}
    </section>
  );
}

/** Who can do something about it, and who can then go on. */
function useWhoMends(job: JobDetail): string {
  const t = jobs.useT();
  const me = useMe().node?.name;
  const party = (job.cause as { party?: string } | null)?.party ?? me ?? "";
  const { initiator } = job;
  if (isSettled(job)) return job.mine ? t("mend.settled_mine", { party }) : t("mend.settled", { party, initiator });
  if (party === me) return job.mine ? t("mend.here_mine") : t("mend.here", { initiator });
  if (job.mine) return t("mend.there_mine", { party });
  return party === initiator ? t("mend.initiator", { initiator }) : t("mend.there", { party, initiator });
}
