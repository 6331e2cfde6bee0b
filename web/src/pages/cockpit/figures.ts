/** What the cockpit works out from lists that it has. */
import type { Job } from "../../api/types";

export const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

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

export type Hour = Omit<Day, "day"> & { hour: number };

/** Jobs that ended, by the hour of the local clock, oldest first, without gaps. */
export function hoursOf(jobs: Job[], count: number, now = Date.now()): Hour[] {
  const first = Math.floor(now / HOUR_MS) - count + 1;
  const hours = Array.from({ length: count }, (_, place): Hour => {
    const hour = new Date((first + place) * HOUR_MS).getHours();
    return { hour, finished: 0, failed: 0, rejected: 0, cancelled: 0 };
  });
  for (const job of jobs) {
    const field = FIELDS[job.state as keyof typeof FIELDS];
    const hour = field && hours[Math.floor(Date.parse(job.ended_at ?? job.created_at) / HOUR_MS) - first];
    if (hour) hour[field] += 1;
  }
  return hours;
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
  return jobs.filter((job) => Object.hasOwn(job.parties, peer)).length;
}

const FAR = 3;
const FAR_AT_LEAST_S = 30;

/** Far longer than usual or forecast: little figures vary much. */
export const isFarOver = (seconds: number, usual: number): boolean => seconds > FAR * usual + FAR_AT_LEAST_S;
