/** Which jobs the home page shows, and in which order. */
import { useGet } from "../../api/hooks";
import type { Job } from "../../api/types";
import { useMe } from "../../core/session";

const RECENT_MS = 7 * 86_400_000;
const OPEN = ["RUNNING", "READY", "PENDING"];

/** The newest; the shell keeps them live. */
export function useJobs() {
  const { can } = useMe();
  return useGet("/jobs", { query: { limit: 100 } }, { enabled: can("job.read") });
}

export const openOf = (jobs: readonly Job[]): Job[] =>
  jobs
    .filter(({ state }) => OPEN.includes(state))
    .sort((one, other) => OPEN.indexOf(one.state) - OPEN.indexOf(other.state));

/** Of the last days: what failed, and what others rejected. */
export const failedOf = (jobs: readonly Job[], now = Date.now()): Job[] =>
  jobs.filter((job) => hasFailed(job) && now - endOf(job) < RECENT_MS);

export const finishedOf = (jobs: readonly Job[]): Job[] =>
  jobs.filter(({ state }) => state === "FINISHED").sort((one, other) => endOf(other) - endOf(one));

const hasFailed = (job: Job): boolean => job.state === "FAILED" || (job.state === "REJECTED" && job.mine);
const endOf = (job: Job): number => Date.parse(job.ended_at ?? job.created_at);
