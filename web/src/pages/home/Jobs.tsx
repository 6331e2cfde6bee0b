/** Jobs that run, and jobs that failed lately. The shell keeps the list live. */
import type { Job } from "../../api/types";
import { useCodeText } from "../../core/problems";
import { Async } from "../../ui/Async";
import { StateBadge } from "../../ui/Badge";
import { Time } from "../../ui/Diagnostic";
import { Section } from "../../ui/Section";
import styles from "./home.module.css";
import { AllJobs, JobRow } from "./JobRow";
import { failedOf, openOf, useJobs } from "./jobs";
import { isQuiet } from "./quiet";
import { home } from "./texts";

const SHOWN = 5;

/** Only there while something is under way. */
export function Running() {
  const t = home.useT();
  const query = useJobs();
  if (isQuiet(query, openOf)) return null;
  return (
    <Section title={t("running")} actions={<AllJobs />} flush>
      <Async query={query} height={140}>
        {({ items }) => (
          <ul className={styles.rows}>
            {openOf(items)
              .slice(0, SHOWN)
              .map((job) => (
                <RunningJob key={job.id} job={job} />
              ))}
          </ul>
        )}
      </Async>
    </Section>
  );
}

function RunningJob({ job }: { job: Job }) {
  const t = home.useT();
  const { done, total } = job.progress;
  return (
    <JobRow job={job} parties aside={<StateBadge state={job.state} />}>
      {job.state !== "PENDING" && (
        <div className={styles.progress}>
          <progress max={total} value={done} aria-label={t("progress.of", { name: job.name })} />
          <span>{t("progress", { done, total })}</span>
        </div>
      )}
      <p className={styles.small}>
        {job.mine ? t("by_us") : t("from", { name: job.initiator })} · <Time at={job.created_at} how="ago" />
      </p>
    </JobRow>
  );
}

/** Only there while something failed in the last days. */
export function Failed() {
  const t = home.useT();
  const failed = failedOf(useJobs().data?.items ?? []);
  if (failed.length === 0) return null;
  return (
    <Section title={failed.some(({ state }) => state === "REJECTED") ? t("failed_or_rejected") : t("failed")} flush>
      <ul className={styles.rows}>
        {failed.slice(0, SHOWN).map((job) => (
          <FailedJob key={job.id} job={job} />
        ))}
      </ul>
      {failed.length > SHOWN && <p className={styles.rest}>{t("attention.more", { count: failed.length - SHOWN })}</p>}
    </Section>
  );
}

interface Cause {
  party?: string;
  step?: string | null;
  code?: string;
}

function FailedJob({ job }: { job: Job }) {
  const t = home.useT();
  const cause = (job.cause ?? {}) as Cause;
  const meaning = useCodeText();
  return (
    <JobRow job={job} tab={job.state === "FAILED" ? "log" : undefined} aside={<StateBadge state={job.state} />}>
      {cause.code !== undefined && <p className={styles.detail}>{meaning(cause.code) ?? cause.code}</p>}
      <p className={styles.small}>
        {cause.party !== undefined && `${t("failed.at", { party: cause.party })} · `}
        {cause.step && `${t("failed.step", { step: cause.step })} · `}
        <Time at={job.ended_at} how="ago" />
      </p>
    </JobRow>
  );
}
