/** How a job goes: what is waited for, who works on what, and where it failed. */
import { SegmentedControl } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import type { JobDetail } from "../../api/types";
import { useFormat } from "../../core/format";
import { useCodeText } from "../../core/problems";
import type { FlowDoc } from "../../flow/document";
import { Async, Loading } from "../../ui/Async";
import { Party } from "../../ui/Party";
import { Card, Section } from "../../ui/Section";
import { Came } from "./Came";
import { forecastOf, secondsOf } from "./cost";
import { Failure } from "./Failure";
import styles from "./job.module.css";
import { useNow } from "./now";
import { Steps } from "./Steps";
import { StepsDone } from "./StepsDone";
import { Timeline } from "./Timeline";
import { jobs } from "./texts";
import { spansOf } from "./timeline";
import { useLog } from "./useLog";

const FlowCanvas = lazy(() => import("../../flow/canvas/FlowCanvas"));

export default function Progress({ job }: { job: JobDetail }) {
  const t = jobs.useT();
  const log = useLog(job.id);
  const [view, setView] = useState("timeline");
  return (
    <div className={styles.stack}>
      {job.state === "FINISHED" && <Came job={job} />}
      <Overall job={job} />
      <Waiting job={job} />
      {(job.cause !== null || job.error !== null) && <Failure job={job} log={log.data ?? []} />}
      <Section
        title={view === "timeline" ? t("timeline") : t("canvas")}
        lead={view === "timeline" ? t("timeline.lead") : t("canvas.lead")}
        actions={
          <SegmentedControl
            size="xs"
            value={view}
            onChange={setView}
            aria-label={t("view")}
            data={[
              { value: "timeline", label: t("timeline") },
              { value: "canvas", label: t("canvas") },
            ]}
          />
        }
      >
        {view === "timeline" ? (
          <Async query={log} height={280} empty={() => false}>
            {(events) => <Timeline job={job} spans={spansOf(events, job.ended_at)} />}
          </Async>
        ) : (
          <Suspense fallback={<Loading height={420} />}>
            <FlowCanvas doc={job.flow as unknown as FlowDoc} job={job} height={420} />
          </Suspense>
        )}
      </Section>
      <Section title={t("steps")} flush>
        <Steps job={job} spans={spansOf(log.data ?? [], job.ended_at)} />
      </Section>
    </div>
  );
}

function Overall({ job }: { job: JobDetail }) {
  const t = jobs.useT();
  const format = useFormat();
  const now = useNow(job.state === "RUNNING");
  const seconds = secondsOf(job, now);
  const forecast = forecastOf(job)?.seconds;
  return (
    <Card>
      <div className={styles.facts}>
        <div className={styles.grow}>
          <StepsDone job={job} wide />
        </div>
        {seconds !== null && (
          <span className={styles.fact}>
            {job.ended_at === null ? t("running_for") : t("took")} <strong>{format.seconds(seconds)}</strong>
          </span>
        )}
        {forecast !== undefined && (
          <span className={styles.fact}>
            {t("forecast")} <strong>{format.seconds(forecast)}</strong>
          </span>
        )}
      </div>
    </Card>
  );
}

/** For whom or what the job waits. */
function Waiting({ job }: { job: JobDetail }) {
  const t = jobs.useT();
  const meaning = useCodeText();
  const undecided = Object.entries(job.parties).filter(
    ([name, part]) => part.decision === "waiting" && name !== job.initiator, // who asks has agreed
  );
  const away = job.waiting as { party?: string; code?: string } | null;
  if (away !== null && job.ended_at === null) {
    return (
      <Card tone="warn">
        <p className={styles.problem}>{t("waiting.for", { party: away.party ?? "" })}</p>
        <p className={styles.text}>{meaning(away.code ?? "") ?? t("waiting.again")}</p>
        <span className={styles.muted}>{t("waiting.again")}</span>
      </Card>
    );
  }
  if (job.state !== "PENDING" || undecided.length === 0) return null;
  return (
    <Card tone="info">
      <div className={styles.row}>
        <strong>{t("waiting.approval")}</strong>
        {undecided.map(([name, { kind }]) => (
          <Party key={name} name={name} kind={kind === "dealer" ? "dealer" : "data"} size="sm" />
        ))}
      </div>
    </Card>
  );
}
