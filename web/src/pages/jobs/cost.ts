/** What was forecast beside what was used. */
import type { JobDetail } from "../../api/types";
import { own } from "../../core/own";

export interface Forecasted {
  seconds: number;
  bytes_sent: number;
  memory_mb: number;
}
export interface CostLine {
  step: string;
  operator: string;
  forecast: Forecasted | null;
  /** Longest wall time of a party; parties work side by side. */
  seconds: number | null;
  bytes: number | null;
  cpu: number | null;
  memory: number | null;
  rounds: number | null;
  /** Parties whose figures are known. */
  told: string[];
}

type Forecast = Forecasted & { steps: Record<string, Forecasted> };

export const forecastOf = (job: JobDetail): Forecast | null =>
  job.forecast === null ? null : (job.forecast as unknown as Forecast);

const most = (values: number[]): number | null => (values.length === 0 ? null : Math.max(...values));
const sum = (values: number[]): number | null =>
  values.length === 0 ? null : values.reduce((total, value) => total + value, 0);

export function costsOf(job: JobDetail): CostLine[] {
  const forecast = forecastOf(job);
  return job.steps.map((step) => {
    const reports = Object.entries(step.parties).flatMap(([party, { report }]) =>
      report ? [{ party, ...report }] : [],
    );
    const given = (name: "wall_s" | "cpu_s" | "rss_mb" | "bytes_sent" | "rounds"): number[] =>
      reports.flatMap((report) => (report[name] === null ? [] : [report[name]]));
    return {
      step: step.id,
      operator: step.operator,
      forecast: own(forecast?.steps, step.id) ?? null,
      seconds: most(given("wall_s")),
      bytes: sum(given("bytes_sent")),
      cpu: sum(given("cpu_s")),
      memory: most(given("rss_mb")),
      rounds: most(given("rounds")),
      told: reports.filter((report) => report.wall_s !== null).map((report) => report.party),
    };
  });
}

export interface PartyCost {
  party: string;
  cpu: number | null;
  sent: number | null;
  received: number | null;
  memory: number | null;
}

export function costsByParty(job: JobDetail): PartyCost[] {
  return Object.keys(job.parties).map((party) => {
    const reports = job.steps.flatMap((step) => step.parties[party]?.report ?? []);
    const given = (name: "cpu_s" | "bytes_sent" | "bytes_received" | "rss_mb"): number[] =>
      reports.flatMap((report) => (report[name] === null ? [] : [report[name]]));
    return {
      party,
      cpu: sum(given("cpu_s")),
      sent: sum(given("bytes_sent")),
      received: sum(given("bytes_received")),
      memory: most(given("rss_mb")),
    };
  });
}

/** Seconds from the start of the job to its end, or to now. */
export function secondsOf(job: { started_at: string | null; ended_at: string | null }, now: number): number | null {
  if (job.started_at === null) return null;
  const end = job.ended_at === null ? now : Date.parse(job.ended_at);
  return Math.max(0, (end - Date.parse(job.started_at)) / 1000);
}
