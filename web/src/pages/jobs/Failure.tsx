/** Why a job ended badly: whose step, what happened, what to do, and what both sides wrote. */
import type { JobDetail, JobEvent } from "../../api/types";
import { useEventText } from "../../core/event_text";
import { useFormat } from "../../core/format";
import { useCodeText } from "../../core/problems";
import { useMe } from "../../core/session";
import { Copy } from "../../ui/Copy";
import { Diagnostic } from "../../ui/Diagnostic";
import { Party } from "../../ui/Party";
import { Card } from "../../ui/Section";
import { type Cause, causeOf } from "./causes";
import { Ended } from "./Ended";
import styles from "./job.module.css";
import { NextSteps } from "./NextSteps";
import { jobs } from "./texts";

export function Failure({ job, log }: { job: JobDetail; log: JobEvent[] }) {
  const t = jobs.useT();
  const me = useMe().node?.name;
  const cause = causeOf(job);
  if (job.state === "CANCELLED" || job.state === "REJECTED") return <Stopped job={job} />;
  const own = cause?.party === me ? (job.steps.find((step) => step.id === cause?.step)?.error ?? job.error) : job.error;
  return (
    <>
      {own !== null && own !== undefined ? (
        <Diagnostic problem={own} />
      ) : (
        cause !== null && <Elsewhere job={job} cause={cause} />
      )}
      {job.ended_at !== null && <NextSteps job={job} />}
      {cause?.step != null && (
        <BothSides job={job} step={cause.step} log={log} title={t("log.of_step", { step: cause.step })} />
      )}
    </>
  );
}

function Stopped({ job }: { job: JobDetail }) {
  return (
    <>
      <Ended job={job} />
      {job.mine && <NextSteps job={job} />}
    </>
  );
}

/** Another party tells the code alone: its message may speak of its data. */
function Elsewhere({ job, cause }: { job: JobDetail; cause: Cause }) {
  const t = jobs.useT();
  const meaning = useCodeText()(cause.code);
  const { party, step, code } = cause;
  const what = step === null ? t("failed_at", { party }) : t("failed_step_at", { party, step });
  const told = JSON.stringify({ job: job.id, flow_hash: job.flow_hash, ...cause }, null, 2);
  return (
    <Card tone="bad">
      <p className={styles.problem}>{what}</p>
      <p className={styles.text}>{meaning ?? code}</p>
      <p className={styles.text}>{t("ask_party", { party })}</p>
      <div className={styles.row}>
        <code>{code}</code>
        <Copy value={told} what={t("copy_diagnostic")} label />
      </div>
    </Card>
  );
}

/** What each party wrote of the step, as far as it is safe to show to the others. */
function BothSides({ job, step, log, title }: { job: JobDetail; step: string; log: JobEvent[]; title: string }) {
  const lines = log.filter((event) => event.step === step || (event.step === null && event.level !== "info"));
  const parties = [...new Set(lines.map((event) => event.party))];
  if (lines.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2 className={styles.problem}>{title}</h2>
      <div className={styles.sides}>
        {parties.map((party) => (
          <div key={party} className={styles.side}>
            <Party name={party} kind={job.parties[party]?.kind === "dealer" ? "dealer" : "data"} />
            <Lines events={lines.filter((event) => event.party === party)} />
          </div>
        ))}
      </div>
    </section>
  );
}

function Lines({ events }: { events: JobEvent[] }) {
  const format = useFormat();
  const said = useEventText();
  return (
    <ul className={styles.lines}>
      {events.map((event) => (
        <li key={event.number} data-level={event.level}>
          <time dateTime={event.time} title={format.utc(event.time)}>
            {format.clock(event.time)}
          </time>
          <span>{said(event)}</span>
        </li>
      ))}
    </ul>
  );
}
