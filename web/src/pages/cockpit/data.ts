/** Everything that the cockpit shows, each for those who may see it. Nothing is asked for again by itself: a screen on
 * a wall must not keep a session alive. Jobs are live all the same, by the shell's stream. */
import { useQueries, useQuery } from "@tanstack/react-query";
import { act, get, keyOf, useGet } from "../../api/hooks";
import type { AnswerOf } from "../../api/paths";
import { queries } from "../../api/queries";
import type { Agreement, Grant, Job, JobDetail, Peer, Ping, UsageBill } from "../../api/types";
import { useLive } from "../../core/live";
import { useMe } from "../../core/session";

const STILL = { staleTime: Number.POSITIVE_INFINITY };

const JOBS = { query: { limit: 1000 } };

export function useJobs() {
  return useGet("/jobs", JOBS);
}

const RECENT = 20;

/** The steps of the newest jobs that began; asked for once, whatever news come. */
export function useRecent(): JobDetail[] {
  const me = useMe();
  return useQuery({ queryKey: ["recent jobs"], queryFn: recentJobs, enabled: me.can("job.read"), ...STILL }).data ?? [];
}

async function recentJobs(): Promise<JobDetail[]> {
  const { items } = await get("/jobs", { query: { limit: RECENT, state: ["RUNNING", "FINISHED", "FAILED"] } });
  const asked = items.filter(({ started_at: at }) => at !== null);
  const told = await Promise.allSettled(asked.map(({ id }) => get("/jobs/{job_id}", { path: { job_id: id } })));
  return told.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
}

export function useAgreements(): Agreement[] {
  const me = useMe();
  return useGet("/agreements", { query: { limit: 1000 } }, { enabled: me.can("agreement.read") }).data?.items ?? [];
}

export function useGrants(): Grant[] {
  const me = useMe();
  const wanted = { query: { state: "APPROVED" as const, limit: 1000 } };
  return useGet("/grants", wanted, { enabled: me.can("grant.read"), staleTime: 60_000 }).data?.items ?? [];
}

/** A job that is new comes with the news themselves: where nobody touches the screen, the shell asks for nothing. */
export function useNewJobs(): void {
  useLive("state", (job) => {
    queries.setQueryData<AnswerOf<"/jobs">>(keyOf("/jobs", JOBS), (kept) =>
      kept === undefined ? kept : { ...kept, items: withJob(kept.items, job) },
    );
  });
}

export const withJob = (jobs: Job[], news: Job): Job[] =>
  jobs.some(({ id }) => id === news.id)
    ? jobs.map((job) => (job.id === news.id ? { ...job, ...news } : job))
    : [news, ...jobs];

export function useMachine() {
  const me = useMe();
  return useGet("/node/machine", undefined, { enabled: me.can("node.diagnose"), staleTime: 30_000 }).data;
}

export function useKeys() {
  const me = useMe();
  return useGet("/node/keys", undefined, { enabled: me.can("node.diagnose"), ...STILL }).data?.items;
}

export function useBackup() {
  const me = useMe();
  return useGet("/node/backup", undefined, { enabled: me.can("backup.read"), staleTime: 60_000 }).data;
}

export function usePeers(): Peer[] {
  const me = useMe();
  const items = useGet("/peers", undefined, { enabled: me.can("peer.read") }).data?.items ?? [];
  return items.filter(({ state }) => state === "APPROVED").sort((one, other) => one.name.localeCompare(other.name));
}

/** A sign of life of every peer, asked for once. */
export function usePings(peers: Peer[]): ReadonlyMap<string, Ping> {
  const me = useMe();
  return useQueries({
    queries: me.can("peer.ping")
      ? peers.map(({ name }) => ({
          queryKey: ["ping", name],
          queryFn: () => act("post", "/peers/{name}/ping", { path: { name } }),
          ...STILL,
        }))
      : [],
    combine: (answers) => new Map(answers.flatMap(({ data }) => (data ? [[data.name, data]] : []))),
  });
}

export const GROUPINGS = ["month", "owner", "initiator", "dataset", "agreement"] as const;
export type Grouping = (typeof GROUPINGS)[number];

export function useUsage(by: Grouping) {
  const me = useMe();
  return useGet("/usage/summary", { query: { by } }, { enabled: me.can("metering.read"), staleTime: 60_000 });
}

export interface MonthlyBill {
  month: string;
  bill: UsageBill;
}

/** Bills of every agreement with prices, for the months in which there was any usage. */
export function useBills(agreements: Agreement[], months: string[]): MonthlyBill[] {
  const me = useMe();
  const priced = me.can("metering.export") ? agreements.filter(({ prices }) => prices !== null).slice(0, 10) : [];
  const asked = priced.flatMap(({ id }) => months.map((month) => ({ id, month })));
  return useQueries({
    queries: asked.map(({ id, month }) => ({
      queryKey: ["bill", id, month],
      queryFn: async () => ({
        month,
        bill: await get("/usage/bills/{agreement}", { path: { agreement: id }, query: monthOf(month) }),
      }),
      ...STILL,
    })),
    combine: (answers) => answers.flatMap(({ data }) => data ?? []),
  });
}

/** Months are those of UTC, as in the node's own sums. */
function monthOf(month: string): { since: string; until: string } {
  const since = new Date(`${month}-01T00:00:00Z`);
  const until = new Date(since);
  until.setUTCMonth(until.getUTCMonth() + 1);
  return { since: since.toISOString(), until: until.toISOString() };
}
