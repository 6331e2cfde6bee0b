/** The steps of a job as a table: the same as the timeline, in words. */
import { Progress as Bar } from "@mantine/core";
import type { JobDetail, JobStep } from "../../api/types";
import { useFormat } from "../../core/format";
import { Badge, StateBadge } from "../../ui/Badge";
import { type Col, DataTable } from "../../ui/DataTable";
import { Time } from "../../ui/Diagnostic";
import { Party } from "../../ui/Party";
import { useOperatorTitle, useRoleTitle } from "./operators";
import styles from "./Steps.module.css";
import { jobs } from "./texts";
import type { Span } from "./timeline";

export function Steps({ job, spans }: { job: JobDetail; spans: Span[] }) {
  const t = jobs.useT();
  const title = useOperatorTitle();
  const columns: Col<JobStep>[] = [
    {
      key: "step",
      title: t("step"),
      cell: (step) => (
        <>
          <strong className={styles.id}>{step.id}</strong>
          <span className={styles.operator}>{title(step.operator)}</span>
        </>
      ),
    },
    { key: "state", title: t("state"), cell: (step) => <State step={step} /> },
    { key: "parties", title: t("parties"), cell: (step) => <Seats step={step} job={job} /> },
    { key: "began", title: t("began"), cell: (step) => <Time at={beganOf(step, spans)} how="clock" />, tight: true },
    { key: "took", title: t("took"), cell: (step) => <Took step={step} spans={spans} />, align: "right", tight: true },
  ];
  return <DataTable caption={t("steps")} columns={columns} rows={job.steps} rowKey={(step) => step.id} />;
}

function State({ step }: { step: JobStep }) {
  const t = jobs.useT();
  return (
    <div className={styles.state}>
      {step.state === "PENDING" ? <Badge>{t("step.pending")}</Badge> : <StateBadge state={step.state} />}
      {step.attempt > 1 && <span className={styles.attempt}>{t("attempt", { attempt: step.attempt })}</span>}
      {step.state === "RUNNING" && step.progress !== null && <Moving step={step} progress={step.progress} />}
    </div>
  );
}

function Moving({ step, progress }: { step: JobStep; progress: NonNullable<JobStep["progress"]> }) {
  const t = jobs.useT();
  const { done, total, note } = progress;
  const words = t("units_done", { done, total });
  return (
    <div className={styles.moving}>
      <Bar
        value={(100 * done) / Math.max(1, total)}
        size="sm"
        radius="xl"
        transitionDuration={150}
        aria-label={t("progress_of", { step: step.id })}
      />
      <span className={styles.attempt}>{note === "" ? words : `${words} · ${note}`}</span>
    </div>
  );
}

function Seats({ step, job }: { step: JobStep; job: JobDetail }) {
  const title = useRoleTitle();
  return (
    <ul className={styles.seats}>
      {Object.entries(step.at).map(([role, party]) => {
        const state = step.parties[party]?.state;
        return (
          <li key={role}>
            <Party name={party} kind={job.parties[party]?.kind === "dealer" ? "dealer" : "data"} size="sm" />
            <span className={styles.role}>{title(step.operator, role)}</span>
            {state !== undefined && state !== step.state && state !== "PENDING" && <StateBadge state={state} />}
          </li>
        );
      })}
    </ul>
  );
}

/** Of a peer's steps this node has no record, but the peer's log. */
function spanOf(step: JobStep, spans: Span[]): { from: number; to: number | null } | undefined {
  const own = spans.filter((span) => span.step === step.id && span.attempt === step.attempt);
  if (own.length === 0) return undefined;
  const ends = own.map((span) => span.to);
  const from = Math.min(...own.map((span) => span.from));
  return { from, to: ends.includes(null) ? null : Math.max(...ends.map((end) => end ?? 0)) };
}

function beganOf(step: JobStep, spans: Span[]): string | null {
  const span = spanOf(step, spans);
  return step.started_at ?? (span === undefined ? null : new Date(span.from).toISOString());
}

function Took({ step, spans }: { step: JobStep; spans: Span[] }) {
  const format = useFormat();
  const span = spanOf(step, spans);
  const began = step.started_at === null ? span?.from : Date.parse(step.started_at);
  const ended = step.ended_at === null ? span?.to : Date.parse(step.ended_at);
  if (began === undefined || ended === undefined || ended === null) return <span>–</span>;
  return <span>{format.seconds(Math.max(0, ended - began) / 1000)}</span>;
}
