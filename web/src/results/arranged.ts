/** Results in the order in which people want them. */
import type { JobDetail, JobResult } from "../api/types";
import { orderOf } from "./viewer";
import "./viewers";

export interface Arranged {
  reports: JobResult[];
  tables: JobResult[];
  /** Shares, models, transforms: kept for later steps. */
  others: JobResult[];
}

export function arranged(results: readonly JobResult[], job: Pick<JobDetail, "steps">): Arranged {
  const operators = new Map(job.steps.map((step) => [step.id, step.operator]));
  const order = (result: JobResult): number => orderOf(operators.get(result.step) ?? "");
  const reports = results.filter((result) => result.readable && result.kind === "report");
  const tables = results.filter((result) => result.readable && result.form === "table");
  const rest = results.filter((result) => !reports.includes(result) && !tables.includes(result));
  return {
    reports: [...reports].sort((one, other) => order(one) - order(other)),
    tables: [...tables].reverse(),
    others: rest,
  };
}
