/** Steps that took far longer than was forecast, of the jobs of the last day and of those that run. */
import type { Job, JobDetail, JobStep } from "../../api/types";
import { own } from "../../core/own";
import { DAY_MS, isFarOver } from "./figures";

export interface Overrun {
  kind: "overrun";
  name: string;
  step: string;
  seconds: number;
  forecast: number;
  runs: boolean;
  job: string;
  /** Jobs of this name in which it was so. */
  count: number;
}

/** `jobs`: as they are now, where `details` may be older. Of each name the newest job, and its worst step. */
export function overrunsOf(details: JobDetail[], jobs: Job[], now: number): Overrun[] {
  const states = new Map(jobs.map(({ id, state }) => [id, state]));
  const byName = new Map<string, Overrun>();
  for (const job of [...details].sort((one, other) => other.created_at.localeCompare(one.created_at))) {
    const worst = worstOf(job, states.get(job.id) ?? job.state, now);
    if (worst === undefined) continue;
    const newer = byName.get(job.name);
    byName.set(job.name, newer === undefined ? worst : { ...newer, count: newer.count + 1 });
  }
  return [...byName.values()];
}

function worstOf(job: JobDetail, state: string, now: number): Overrun | undefined {
  if (job.ended_at !== null && now - Date.parse(job.ended_at) >= DAY_MS) return undefined;
  const forecasts = job.forecast?.steps as Record<string, { seconds: number }> | undefined;
  const over = job.steps.flatMap((step): Overrun[] => {
    const forecast = own(forecasts, step.id)?.seconds;
    const runs = step.state === "RUNNING" && state === "RUNNING";
    const seconds = runs ? since(step, now) : tookOf(step);
    if (forecast === undefined || seconds === undefined || !isFarOver(seconds, forecast)) return [];
    return [{ kind: "overrun", name: job.name, step: step.id, seconds, forecast, runs, job: job.id, count: 1 }];
  });
  return over.sort((one, other) => other.seconds - other.forecast - (one.seconds - one.forecast))[0];
}

const since = ({ started_at: at }: JobStep, now: number): number | undefined =>
  at === null ? undefined : (now - Date.parse(at)) / 1000;

/** Parties work side by side: the longest. */
function tookOf({ state, parties }: JobStep): number | undefined {
  const told = Object.values(parties).flatMap(({ report }) => report?.wall_s ?? []);
  return state === "RUNNING" || told.length === 0 ? undefined : Math.max(...told);
}
