/** What the wall shows besides tiles: jobs that run, the network, what to look at, and what ended when. */
import { type ReactNode, useId } from "react";
import type { Job } from "../../api/types";
import { useFormat } from "../../core/format";
import { useMe } from "../../core/session";
import { StateBadge } from "../../ui/Badge";
import { AnomalyList, useAnomalies } from "./Anomalies";
import { useJobs } from "./data";
import { daysOf, hoursOf, ranFor } from "./figures";
import { Lines, Ring, useLines } from "./Network";
import { cockpit } from "./texts";
import { highestOf, WallBars } from "./WallBars";
import styles from "./wall.module.css";

const DAYS = 30;
const HOURS = 24;
const RUNNING = 5;
const ENDED = 8;
const TO_SEE = 4;

export function Panel({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className={styles.panel} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <div className={styles.content}>{children}</div>
    </section>
  );
}

export function WallNetwork() {
  const t = cockpit.useT();
  const me = useMe();
  const lines = useLines();
  return (
    <Panel title={t("network")}>
      {lines.length === 0 ? (
        <p className={styles.soft}>{t("network.none")}</p>
      ) : (
        <>
          <Ring me={me.node?.name ?? ""} lines={lines} />
          <Lines lines={lines} />
        </>
      )}
    </Panel>
  );
}

export function WallAnomalies() {
  const t = cockpit.useT();
  return (
    <Panel title={t("anomalies")}>
      <AnomalyList found={useAnomalies()} most={TO_SEE} />
    </Panel>
  );
}

export function WallRunning({ now }: { now: number }) {
  const t = cockpit.useT();
  const jobs = useJobs().data?.items ?? [];
  const running = jobs.filter(({ state }) => state === "RUNNING" || state === "READY");
  return (
    <Panel title={t("wall.now")}>
      {running.length === 0 && <p className={styles.soft}>{t("wall.idle")}</p>}
      <ul className={styles.running}>
        {running.slice(0, RUNNING).map((job) => (
          <Running key={job.id} job={job} now={now} />
        ))}
      </ul>
      {running.length > RUNNING && <p className={styles.soft}>{t("wall.more", { count: running.length - RUNNING })}</p>}
      <h2 className={styles.last}>{t("wall.last")}</h2>
      <Ended jobs={jobs} most={ENDED - Math.min(RUNNING, running.length)} now={now} />
    </Panel>
  );
}

/** The newest first. */
function Ended({ jobs, most, now }: { jobs: Job[]; most: number; now: number }) {
  const format = useFormat();
  const ended = jobs
    .filter((job) => job.ended_at !== null)
    .sort((one, other) => (other.ended_at ?? "").localeCompare(one.ended_at ?? ""));
  return (
    <ul className={styles.ended}>
      {ended.slice(0, most).map((job) => (
        <li key={job.id}>
          <StateBadge state={job.state} />
          <span>{job.name}</span>
          <span className={styles.soft}>{format.ago(job.ended_at, now)}</span>
        </li>
      ))}
    </ul>
  );
}

function Running({ job, now }: { job: Job; now: number }) {
  const t = cockpit.useT();
  const format = useFormat();
  const { done, total } = job.progress;
  return (
    <li>
      <strong>{job.name}</strong>
      <span className={styles.soft}>
        {t("wall.steps", { done, total })} · {format.seconds(Math.max(0, Math.round(ranFor(job, now) ?? 0)))}
      </span>
      <progress value={done} max={Math.max(1, total)} aria-label={job.name} />
    </li>
  );
}

export function WallDays({ now }: { now: number }) {
  const t = cockpit.useT();
  const format = useFormat();
  const days = daysOf(useJobs().data?.items ?? [], DAYS, now);
  const bars = days.map((day) => ({ ...day, label: format.date(`${day.day}T12:00`) }));
  const label = t("wall.days", { count: DAYS });
  return <WallBars label={label} most={t("wall.most", { count: highestOf(days) })} bars={bars} every={7} />;
}

export function WallHours({ now }: { now: number }) {
  const t = cockpit.useT();
  const hours = hoursOf(useJobs().data?.items ?? [], HOURS, now);
  const bars = hours.map((hour) => ({ ...hour, label: `${String(hour.hour).padStart(2, "0")}:00` }));
  const label = t("wall.hours", { count: HOURS });
  return <WallBars label={label} most={t("wall.most", { count: highestOf(hours) })} bars={bars} every={6} />;
}
