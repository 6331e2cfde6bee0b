/** The log of a job, whole; the live line adds what comes. */
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { Problem } from "../../api/client";
import { get, keyOf } from "../../api/hooks";
import type { JobEvent } from "../../api/types";

const PAGE = 10_000;

export function useLog(job: string): UseQueryResult<JobEvent[], Problem> {
  return useQuery<JobEvent[], Problem>({
    queryKey: keyOf("/jobs/{job_id}/log", { path: { job_id: job } }),
    queryFn: ({ signal }) => whole(job, signal),
  });
}

async function whole(job: string, signal: AbortSignal): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
    const page = await get("/jobs/{job_id}/log", { path: { job_id: job }, query }, signal);
    events.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return events;
}
