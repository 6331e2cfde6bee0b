/** What the cockpit works out from lists that it has. */
import type { Check, InboxItem, Job, Peer, Ping } from "../../api/types";

export const DAY_MS = 86_400_000;

export interface Day {
  /** Local date, 2027-01-31. */
  day: string;
  finished: number;
  failed: number;
  rejected: number;
  cancelled: number;
}

const FIELDS = { FINISHED: "finished", FAILED: "failed", REJECTED: "rejected", CANCELLED: "cancelled" } as const;

/** Jobs that ended, by day, oldest first, without gaps. */
export function daysOf(jobs: Job[], count: number, now = Date.now()): Day[] {
  const days = new Map<string, Day>();
  for (let back = count - 1; back >= 0; back -= 1) {
    const day = dayOf(now - back * DAY_MS);
    days.set(day, { day, finished: 0, failed: 0, rejected: 0, cancelled: 0 });
  }
  for (const job of jobs) {
    const field = FIELDS[job.state as keyof typeof FIELDS];
    const day = field && days.get(dayOf(Date.parse(job.ended_at ?? job.created_at)));
    if (day) day[field] += 1;
  }
  return [...days.values()];
}

export function dayOf(ms: number): string {
  const at = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** Share of those that ran to an end which ended well; what people refused or stopped does not count. */
export function successOf(days: Day[]): number | undefined {
  const finished = days.reduce((sum, day) => sum + day.finished, 0);
  const ran = days.reduce((sum, day) => sum + day.failed, finished);
  return ran === 0 ? undefined : finished / ran;
}

export const ranFor = (job: Job, now = Date.now()): number | undefined =>
  job.started_at
    ? (Date.parse(job.ended_at ?? new Date(now).toISOString()) - Date.parse(job.started_at)) / 1000
    : undefined;

export function medianOf(values: number[]): number | undefined {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

/** Jobs that each peer took part in. */
export function jobsWith(jobs: Job[], peer: string): number {
  return jobs.filter((job) => peer in job.parties).length;
}

export type Anomaly =
  | { kind: "peer_away"; peer: string; since: string | null }
  | { kind: "clock"; peer: string; seconds: number }
  | { kind: "failing"; name: string; count: number; job: string }
  | { kind: "slow"; name: string; seconds: number; usual: number; job: string }
  | { kind: "waiting"; count: number }
  | { kind: "check"; check: Check };

const CLOCK_S = 30;
const SLOW = 5;
const FAILED_IN_A_ROW = 3;

interface Known {
  jobs: Job[];
  peers: Peer[];
  pings: ReadonlyMap<string, Ping>;
  checks: Check[];
  reminders: InboxItem[];
}

/** What somebody should look at, the worst first. */
export function anomaliesOf({ jobs, peers, pings, checks, reminders }: Known, now = Date.now()): Anomaly[] {
  const found: Anomaly[] = [];
  for (const check of checks) if (check.status === "error") found.push({ kind: "check", check });
  for (const peer of peers.filter(({ state }) => state === "APPROVED")) {
    const ping = pings.get(peer.name);
    if (ping && !ping.reachable) found.push({ kind: "peer_away", peer: peer.name, since: peer.last_seen_at });
    const skew = Math.abs(ping?.clock_skew_s ?? 0);
    if (skew > CLOCK_S) found.push({ kind: "clock", peer: peer.name, seconds: skew });
  }
  found.push(...failing(jobs), ...slow(jobs, now));
  if (reminders.length > 0) found.push({ kind: "waiting", count: reminders.length });
  for (const check of checks) if (check.status === "warning") found.push({ kind: "check", check });
  return found;
}

/** Flows whose last runs all failed. */
function failing(jobs: Job[]): Anomaly[] {
  return [...byName(jobs)].flatMap(([name, runs]): Anomaly[] => {
    const ended = runs.filter(({ state }) => state === "FINISHED" || state === "FAILED");
    const good = ended.findIndex(({ state }) => state === "FINISHED");
    const count = good < 0 ? ended.length : good;
    const last = ended[0];
    return count >= FAILED_IN_A_ROW && last ? [{ kind: "failing", name, count, job: last.id }] : [];
  });
}

/** Running jobs that take far longer than that flow usually does. */
function slow(jobs: Job[], now: number): Anomaly[] {
  return [...byName(jobs)].flatMap(([name, runs]): Anomaly[] => {
    const good = runs.filter(({ state }) => state === "FINISHED").flatMap((job) => ranFor(job, now) ?? []);
    const usual = medianOf(good);
    if (usual === undefined || good.length < 3) return [];
    return runs
      .filter(({ state }) => state === "RUNNING")
      .flatMap((job): Anomaly[] => {
        const seconds = ranFor(job, now) ?? 0;
        return seconds > SLOW * usual + 30 ? [{ kind: "slow", name, seconds, usual, job: job.id }] : [];
      });
  });
}

/** Newest first. */
function byName(jobs: Job[]): Map<string, Job[]> {
  const groups = new Map<string, Job[]>();
  for (const job of [...jobs].sort((one, other) => other.created_at.localeCompare(one.created_at))) {
    groups.set(job.name, [...(groups.get(job.name) ?? []), job]);
  }
  return groups;
}
