/** What was done beside the tour: joint computations of the first chair that somebody began on their own. */
import { useQueries } from "@tanstack/react-query";
import { get, useGet } from "../api/hooks";
import type { Job } from "../api/types";
import type { FlowDoc } from "../flow/document";
import type { Part, Stage } from "./stage";

/** What a flow computes, in the parts of the tour; nothing if the partner has no part in it. */
export function partOf(flow: FlowDoc, partner: string): Part | undefined {
  if (!Object.hasOwn(flow.parties, partner)) return undefined;
  const operators = flow.steps.map(({ operator }) => operator);
  if (operators.some((name) => name.endsWith(".train"))) return "train";
  return operators.some((name) => name === "psi" || name.startsWith("psi.")) ? "intersect" : undefined;
}

const LIVE = new Set(["PENDING", "READY", "RUNNING", "FINISHED"]);
const MOST = 10;

export interface Followed {
  id: string;
  isDone: boolean;
}
export type ByHand = Partial<Record<Part, Followed>>;

/** The newest of each part. A job that came to nothing is the person's own affair: the tour is silent about it. */
export function chosenOf(jobs: readonly Job[], flows: ReadonlyMap<string, FlowDoc>, { first, partner }: Stage): ByHand {
  const found: ByHand = {};
  for (const { id, initiator, state } of jobs) {
    const flow = flows.get(id);
    const part = flow && partOf(flow, partner.name);
    if (part === undefined || initiator !== first.name || !LIVE.has(state)) continue;
    found[part] ??= { id, isDone: state === "FINISHED" };
  }
  return found;
}

export function useByHand(stage: Stage | undefined): ByHand {
  const list = useGet("/jobs", { query: { limit: 20 } }, { enabled: stage !== undefined }).data?.items ?? [];
  const jobs = list.filter(({ initiator, state }) => initiator === stage?.first.name && LIVE.has(state)).slice(0, MOST);
  const flows = useQueries({
    queries: jobs.map(({ id }) => ({
      queryKey: ["tour", "flow", id],
      staleTime: Number.POSITIVE_INFINITY,
      queryFn: async () => (await get("/jobs/{job_id}", { path: { job_id: id } })).flow as unknown as FlowDoc,
    })),
  });
  if (stage === undefined) return {};
  const known = jobs.flatMap(({ id }, at): [string, FlowDoc][] => {
    const flow = flows[at]?.data;
    return flow === undefined ? [] : [[id, flow]];
  });
  return chosenOf(jobs, new Map(known), stage);
}
