/** The newest job of the flow as it stands: of the same hash, so that what it gave belongs to these very steps. */
import { useGet } from "../../api/hooks";
import type { Job, JobDetail } from "../../api/types";
import { useMe } from "../../core/session";
import { useFlow } from "../store";
import { belongs } from "./belongs";

export type Last =
  | { state: "known"; job: JobDetail }
  | { state: "loading" | "not_allowed" | "unsound" | "none" | "older" };

/** A job that the reader chose to see goes before. */
export function useLastJob(): Last {
  const may = useMe().can("job.read");
  const run = useFlow((state) => state.run);
  const hash = useFlow((state) => state.hash);
  const name = useFlow((state) => state.doc.name);
  const jobs = useGet("/jobs", { query: { limit: 200 } }, { enabled: may && run === undefined });
  const newest = newestOf(jobs.data?.items ?? [], hash);
  const found = useGet("/jobs/{job_id}", { path: { job_id: newest?.id ?? "" } }, { enabled: newest !== undefined });
  if (run !== undefined) return { state: "known", job: run };
  if (!may) return { state: "not_allowed" };
  if (hash === undefined) return { state: "unsound" };
  if (found.data !== undefined && newest !== undefined) return { state: "known", job: found.data };
  if (jobs.data === undefined || newest !== undefined) return { state: "loading" };
  return { state: jobs.data.items.some((job) => belongs(job.name, name)) ? "older" : "none" };
}

const ENDED = new Set(["FINISHED", "FAILED"]);

/** One that ended with something to show goes before one that is under way. */
export function newestOf(jobs: readonly Job[], hash: string | undefined): Job | undefined {
  const same = jobs
    .filter((job) => job.flow_hash === hash)
    .sort((one, other) => other.created_at.localeCompare(one.created_at));
  return same.find(({ state }) => ENDED.has(state)) ?? same[0];
}
