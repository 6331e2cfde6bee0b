/** The figure that answers what a finished job was for. */
import { useQuery } from "@tanstack/react-query";
import { get } from "../api/hooks";
import { useMe } from "../core/session";
import { arranged } from "./arranged";
import { type Headline, headlineOf } from "./compare";
import { keepHeadline, keptHeadline } from "./headlines";

/** Reading a report is written down at the node, so each is read once and its figure kept in this browser. */
export function useHeadline(job: string) {
  const me = useMe();
  return useQuery({
    queryKey: ["headline", job],
    queryFn: async () => {
      const kept = keptHeadline(me.name, job);
      return kept === undefined ? keepHeadline(me.name, job, await ask(job)) : kept;
    },
    enabled: me.can("result.read"),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

async function ask(job_id: string): Promise<Headline | null> {
  const path = { job_id };
  const [job, listed] = await Promise.all([get("/jobs/{job_id}", { path }), get("/jobs/{job_id}/results", { path })]);
  const [report] = arranged(listed.items, job).reports;
  if (report === undefined) return null;
  const { step, port } = report;
  return headlineOf(await get("/jobs/{job_id}/results/{step}/{port}", { path: { job_id, step, port } })) ?? null;
}
