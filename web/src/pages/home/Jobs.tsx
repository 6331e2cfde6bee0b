/** Jobs that run, and jobs that failed lately. The shell keeps the list live. */
import { Button } from "@mantine/core";
import { useGet } from "../../api/hooks";
import type { Job } from "../../api/types";
import { to } from "../../core/nav";
import { useCodeText } from "../../core/problems";
import { useMe } from "../../core/session";
import { Async, Empty } from "../../ui/Async";
import { StateBadge } from "../../ui/Badge";
import { Time } from "../../ui/Diagnostic";
import { Link } from "../../ui/Link";
import { Party } from "../../ui/Party";
import { Section } from "../../ui/Section";
import styles from "./home.module.css";
import { home } from "./texts";

const SHOWN = 5;
const RECENT_MS = 7 * 86_400_000;
const useJobs = () => useGet("/jobs", { query: { limit: 100 } });

const isOpen = (job: Job): boolean => ["PENDING", "READY", "RUNNING"].includes(job.state);
const rank = (job: Job): number => ["RUNNING", "READY", "PENDING"].indexOf(job.state);
const hasFailed = (job: Job): boolean => job.state === "FAILED" || (job.state === "REJECTED" && job.mine);
const isRecent = (job: Job): boolean => Date.now() - Date.parse(job.ended_at ?? job.created_at) < RECENT_MS;

export function Running() {
  const t = home.useT();
  const me = useMe();
  const all = (
    <Button component={Link} href="/jobs" variant="subtle" size="compact-sm">
      {t("jobs.all")}
    </Button>
  );
  const start = me.can("job.submit") ? (
    <Button component={Link} href="/flows" variant="default" size="compact-sm">
      {t("jobs.start")}
    </Button>
  ) : undefined;
  return (
    <Section title={t("running")} actions={all} flush>
      <Async
        query={useJobs()}
        height={140}
        empty={({ items }) => !items.some(isOpen)}
        emptyView={<Empty title={t("running.none")} action={start} />}
      >
        {({ items }) => (
          <ul className={styles.rows}>
            {items
              .filter(isOpen)
              .sort((one, other) => rank(one) - rank(other))
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
    <li className={styles.row}>
      <div className={styles.words}>
        <Link href={to.job(job.id)} className={styles.name}>
          {job.name}
        </Link>
        <div className={styles.parties}>
          {Object.keys(job.parties).map((party) => (
            <Party key={party} name={party} size="sm" />
          ))}
        </div>
        {job.state !== "PENDING" && (
          <div className={styles.progress}>
            <progress max={total} value={done} aria-label={t("progress.of", { name: job.name })} />
            <span>{t("progress", { done, total })}</span>
          </div>
        )}
        <p className={styles.small}>
          {job.mine ? t("by_us") : t("from", { name: job.initiator })} · <Time at={job.created_at} how="ago" />
        </p>
      </div>
      <StateBadge state={job.state} />
    </li>
  );
}

/** Only there while something failed in the last days. */
export function Failed() {
  const t = home.useT();
  const failed = useJobs().data?.items.filter((job) => hasFailed(job) && isRecent(job)) ?? [];
  if (failed.length === 0) return null;
  return (
    <Section title={t("failed")} flush>
      <ul className={styles.rows}>
        {failed.slice(0, SHOWN).map((job) => (
          <FailedJob key={job.id} job={job} />
        ))}
      </ul>
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
    <li className={styles.row}>
      <div className={styles.words}>
        <Link href={to.job(job.id, job.state === "FAILED" ? "log" : undefined)} className={styles.name}>
          {job.name}
        </Link>
        {cause.code !== undefined && <p className={styles.detail}>{meaning(cause.code) ?? cause.code}</p>}
        <p className={styles.small}>
          {cause.party !== undefined && `${t("failed.at", { party: cause.party })} · `}
          {cause.step && `${t("failed.step", { step: cause.step })} · `}
          <Time at={job.ended_at} how="ago" />
        </p>
      </div>
      <StateBadge state={job.state} />
    </li>
  );
}
