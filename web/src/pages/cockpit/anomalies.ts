/** What somebody should look at, from what the cockpit knows. */
import type { Agreement, Check, Grant, InboxItem, Job, JobDetail, Peer, Ping } from "../../api/types";
import { type Ending, endingsOf } from "./endings";
import { DAY_MS, isFarOver, medianOf, ranFor } from "./figures";
import { type Overrun, overrunsOf } from "./overruns";
import { ofPeers, type PeerAnomaly } from "./peers";

export interface Key {
  kind: string;
  name: string;
  since: string | null;
  until: string | null;
}
export interface Machine {
  memory_bytes: number;
  memory_free_bytes: number | null;
  disk_bytes: number;
  disk_free_bytes: number;
}

export type Anomaly =
  | PeerAnomaly
  | { kind: "failed"; name: string; count: number; job: string; at: string; party?: string; code?: string }
  | { kind: "refused"; name: string; count: number; job: string; at: string; party: string; code: string }
  | { kind: "rate"; share: number; usual?: number; failed: number; ran: number }
  | { kind: "slow"; name: string; seconds: number; usual: number; job: string }
  | Overrun
  | Ending
  | { kind: "stuck"; name: string; job: string; seconds: number; parties: string[] }
  | { kind: "waiting"; count: number }
  | { kind: "key"; key: string; name: string; until: string; days: number }
  | { kind: "disk" | "memory"; free: number; share: number }
  | { kind: "backup"; at: string | null; days: number }
  | { kind: "check"; check: Check };

const STUCK_MS = 3_600_000;
const KEY_DAYS = 30;
const BACKUP_DAYS = 7;
const LOW = 0.1;
const LOW_MEMORY = 0.05;
const ENOUGH_RUNS = 3;
const RATE_DROP = 0.05;
const GOOD_RATE = 0.9;
const USUAL_MS = 30 * DAY_MS;
const BY_PEOPLE = "job."; // codes of what people and their nodes decided, not of what was wrong

export interface Known {
  jobs: Job[];
  peers: Peer[];
  pings: ReadonlyMap<string, Ping>;
  checks: Check[];
  reminders: InboxItem[];
  keys: Key[];
  machine?: Machine;
  /** Undefined: not known; null: none was made. */
  backup?: { at: string } | null;
  /** Jobs with their steps: those that run, and those of the last day. */
  recent?: JobDetail[];
  agreements?: Agreement[];
  grants?: Grant[];
}

const GRAVE: ReadonlySet<Anomaly["kind"]> = new Set(["peer_away", "failed", "disk"]);

export function isBad(anomaly: Anomaly): boolean {
  if (anomaly.kind === "check") return anomaly.check.status === "error";
  if (anomaly.kind === "key") return anomaly.days < 7;
  if (anomaly.kind === "agreement_ends" || anomaly.kind === "grant_ends") return anomaly.days < 3;
  return GRAVE.has(anomaly.kind);
}

/** The worst first; of equals, jobs in the order of time. */
export function anomaliesOf(known: Known, now = Date.now()): Anomaly[] {
  const found = [
    ...ofPeers(known.peers, known.pings),
    ...failed(known.jobs, now),
    ...ofMachine(known.machine),
    ...ofKeys(known.keys, now),
    ...known.checks.filter(({ status }) => status !== "ok").map((check): Anomaly => ({ kind: "check", check })),
    ...refused(known.jobs, now),
    ...rate(known.jobs, now),
    ...overrunsOf(known.recent ?? [], known.jobs, now),
    ...slow(known.jobs, now),
    ...endingsOf(known.agreements ?? [], known.grants ?? [], now),
    ...stuck(known.jobs, now),
    ...(known.reminders.length > 0 ? [{ kind: "waiting" as const, count: known.reminders.length }] : []),
    ...backup(known, now),
  ].filter((anomaly, _, all) => !isSaidTwice(anomaly, known, all));
  return [...found.filter(isBad), ...found.filter((anomaly) => !isBad(anomaly))];
}

/** The doctor asks the same peers and the same disk; a slow step is why its job is slow. */
function isSaidTwice(anomaly: Anomaly, { machine, pings }: Known, all: Anomaly[]): boolean {
  if (anomaly.kind === "slow") return all.some((other) => other.kind === "overrun" && other.job === anomaly.job);
  if (anomaly.kind !== "check") return false;
  const { id, subject } = anomaly.check;
  if (id === "disk") return machine !== undefined && ofMachine(machine).some(({ kind }) => kind === "disk");
  return id === "peer.out" && subject !== null && pings.get(subject)?.reachable === false;
}

function ofMachine(machine: Machine | undefined): Anomaly[] {
  if (machine === undefined) return [];
  const share = (free: number | null, of: number): number => (free === null || of === 0 ? 1 : free / of);
  const disk = share(machine.disk_free_bytes, machine.disk_bytes);
  const memory = share(machine.memory_free_bytes, machine.memory_bytes);
  return [
    ...(disk < LOW ? [{ kind: "disk" as const, free: machine.disk_free_bytes, share: disk }] : []),
    ...(memory < LOW_MEMORY ? [{ kind: "memory" as const, free: machine.memory_free_bytes ?? 0, share: memory }] : []),
  ];
}

function ofKeys(keys: Key[], now: number): Anomaly[] {
  return keys.flatMap(({ kind, name, until }): Anomaly[] => {
    const days = until === null ? Number.POSITIVE_INFINITY : Math.floor((Date.parse(until) - now) / DAY_MS);
    return until !== null && days < KEY_DAYS ? [{ kind: "key", key: kind, name, until, days }] : [];
  });
}

/** A node that is younger than that needs none yet. */
function backup({ backup: last, keys }: Known, now: number): Anomaly[] {
  if (last === undefined) return [];
  const born = keys.find(({ kind }) => kind === "identity")?.since ?? null;
  const at = last?.at ?? null;
  const since = at ?? born;
  const days = since === null ? 0 : Math.floor((now - Date.parse(since)) / DAY_MS);
  return days >= BACKUP_DAYS ? [{ kind: "backup", at, days }] : [];
}

const endOf = (job: Job): string => job.ended_at ?? job.created_at;
const within = (job: Job, span: number, now: number): boolean => now - Date.parse(endOf(job)) < span;

/** Of the last day, by name, so that a flow that fails every hour is one line. */
function failed(jobs: Job[], now: number): Anomaly[] {
  const recent = jobs.filter((job) => job.state === "FAILED" && within(job, DAY_MS, now));
  return [...byName(recent)].flatMap(([name, [last, ...rest]]): Anomaly[] => {
    if (last === undefined) return [];
    const cause = last.cause as { party?: string; code?: string } | null;
    const told = { party: cause?.party, code: cause?.code };
    return [{ kind: "failed", name, count: rest.length + 1, job: last.id, at: endOf(last), ...told }];
  });
}

/** What policies and other checks refused; what people refused is nobody's fault. */
function refused(jobs: Job[], now: number): Anomaly[] {
  const recent = jobs.filter((job) => job.state === "REJECTED" && within(job, DAY_MS, now) && refuser(job));
  return [...byName(recent)].flatMap(([name, [last, ...rest]]): Anomaly[] => {
    const by = last && refuser(last);
    return by ? [{ kind: "refused", name, count: rest.length + 1, job: last.id, at: endOf(last), ...by }] : [];
  });
}

export function refuser(job: Job): { party: string; code: string } | undefined {
  const found = Object.entries(job.parties).find(([, { code }]) => code != null && !code.startsWith(BY_PEOPLE));
  return found && { party: found[0], code: found[1].code ?? "" };
}

/** The last day against the days before; where there were too few runs, a share says nothing. */
function rate(jobs: Job[], now: number): Anomaly[] {
  const ran = jobs.filter(({ state }) => state === "FINISHED" || state === "FAILED");
  const today = ran.filter((job) => within(job, DAY_MS, now));
  const before = ran.filter((job) => within(job, USUAL_MS, now) && !within(job, DAY_MS, now));
  if (today.length < ENOUGH_RUNS) return [];
  const good = (of: Job[]): number => of.filter(({ state }) => state === "FINISHED").length / of.length;
  const usual = before.length < ENOUGH_RUNS ? undefined : good(before);
  const share = good(today);
  const failures = today.filter(({ state }) => state === "FAILED").length;
  const low = usual === undefined ? share < GOOD_RATE : share < usual - RATE_DROP;
  return low ? [{ kind: "rate", share, usual, failed: failures, ran: today.length }] : [];
}

/** Running jobs that take far longer than that flow usually does. */
function slow(jobs: Job[], now: number): Anomaly[] {
  return [...byName(jobs)].flatMap(([name, runs]): Anomaly[] => {
    const good = runs.filter(({ state }) => state === "FINISHED").flatMap((job) => ranFor(job, now) ?? []);
    const usual = medianOf(good);
    if (usual === undefined || good.length < ENOUGH_RUNS) return [];
    return runs
      .filter(({ state }) => state === "RUNNING")
      .flatMap((job): Anomaly[] => {
        const seconds = ranFor(job, now) ?? 0;
        return isFarOver(seconds, usual) ? [{ kind: "slow", name, seconds, usual, job: job.id }] : [];
      });
  });
}

/** Jobs that have waited for a decision for long, and whose. */
function stuck(jobs: Job[], now: number): Anomaly[] {
  return jobs
    .filter(({ state, created_at: at }) => state === "PENDING" && now - Date.parse(at) > STUCK_MS)
    .map((job) => {
      const parties = Object.entries(job.parties).flatMap(([party, { decision }]) =>
        decision === "waiting" ? [party] : [],
      );
      const seconds = (now - Date.parse(job.created_at)) / 1000;
      return { kind: "stuck", name: job.name, job: job.id, seconds, parties };
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
