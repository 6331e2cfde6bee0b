/** What the live line says goes into the answers that are kept, so that pages show it at once and ask for nothing. */
import type { InfiniteData } from "@tanstack/react-query";
import { useEffect } from "react";
import { keyOf } from "../api/hooks";
import { queries } from "../api/queries";
import type { InboxCounts, InboxItem, Job, JobDetail, JobEvent } from "../api/types";
import { withEvent } from "../core/job_news";
import { listen } from "../core/live";
import { own } from "../core/own";

type Paged<X> = InfiniteData<{ items: X[] }> | { items: X[] };
const ATTENTION_MS = 600_000;
let lastTouch = Date.now();

const isWatched = (): boolean => document.visibilityState === "visible" && Date.now() - lastTouch < ATTENTION_MS;

/** Asks anew, but only where somebody looks: what nobody asked for must not keep a session alive. */
function askAgain(...paths: Parameters<typeof keyOf>[0][]): void {
  const watched = isWatched();
  for (const path of paths) {
    void queries.invalidateQueries({ queryKey: [path], refetchType: watched ? "active" : "none" });
  }
}

function replaceIn<X extends { id: string }>(path: Parameters<typeof keyOf>[0], news: X): boolean {
  let found = false;
  const put = (items: X[]): X[] =>
    items.map((item) => {
      if (item.id !== news.id) return item;
      found = true;
      return { ...item, ...news };
    });
  queries.setQueriesData<Paged<X>>({ queryKey: [path] }, (kept) => {
    if (kept === undefined) return kept;
    if ("pages" in kept) return { ...kept, pages: kept.pages.map((page) => ({ ...page, items: put(page.items) })) };
    return "items" in kept ? { ...kept, items: put(kept.items) } : kept;
  });
  return found;
}

function onJob(job: Job): void {
  const key = keyOf("/jobs/{job_id}", { path: { job_id: job.id } });
  const before = queries.getQueryData<JobDetail>(key);
  queries.setQueryData<JobDetail>(key, (kept) => (kept === undefined ? kept : { ...kept, ...job }));
  if (before !== undefined && before.state !== job.state) void queries.invalidateQueries({ queryKey: key });
  if (!replaceIn("/jobs", job)) askAgain("/jobs");
}

/** Kept under any page size. */
const LOG = "/jobs/{job_id}/log";
const REFRESH_MS = 700;
const refreshing = new Map<string, number>();

function onLog(event: JobEvent): void {
  const params = { path: { job_id: event.job_id } };
  queries.setQueryData<JobDetail>(keyOf("/jobs/{job_id}", params), (kept) =>
    kept === undefined ? kept : withEvent(kept, event),
  );
  queries.setQueriesData<JobEvent[]>({ queryKey: [LOG, params] }, (kept) =>
    kept === undefined || kept.some((known) => known.number === event.number) ? kept : [...kept, event],
  );
  if (event.code === "step.succeeded" || event.code === "step.failed") refreshSoon(event.job_id);
}

/** What a step cost is only in the job itself; several steps that end together are asked for once. */
function refreshSoon(job: string): void {
  if (refreshing.has(job) || !isWatched()) return;
  const ask = (): void => {
    refreshing.delete(job);
    void queries.invalidateQueries({ queryKey: keyOf("/jobs/{job_id}", { path: { job_id: job } }) });
    void queries.invalidateQueries({ queryKey: ["/jobs/{job_id}/results"] });
  };
  refreshing.set(job, window.setTimeout(ask, REFRESH_MS));
}

function onProgress({
  job_id,
  steps,
}: {
  job_id: string;
  steps: Record<string, JobDetail["steps"][number]["progress"]>;
}): void {
  queries.setQueryData<JobDetail>(keyOf("/jobs/{job_id}", { path: { job_id } }), (kept) =>
    kept === undefined
      ? kept
      : { ...kept, steps: kept.steps.map((step) => ({ ...step, progress: own(steps, step.id) ?? null })) },
  );
}

function onItem(item: InboxItem): void {
  queries.setQueryData<InboxItem>(keyOf("/inbox/{item_id}", { path: { item_id: item.id } }), (kept) =>
    kept === undefined ? kept : { ...kept, ...item },
  );
  if (!replaceIn("/inbox", item)) askAgain("/inbox");
}

function onCounts(counts: InboxCounts): void {
  queries.setQueryData<InboxCounts>(keyOf("/inbox/counts"), counts);
}

/** Once per page, while somebody is signed in. */
export function useNews(): void {
  useEffect(() => {
    const touched = (): void => {
      lastTouch = Date.now();
    };
    const stops = [
      listen("state", onJob),
      listen("log", onLog),
      listen("progress", onProgress),
      listen("item", onItem),
      listen("counts", onCounts),
      listen("back", () => void queries.invalidateQueries()),
    ];
    for (const name of ["pointerdown", "keydown"]) window.addEventListener(name, touched);
    return () => {
      for (const stop of stops) stop();
      for (const name of ["pointerdown", "keydown"]) window.removeEventListener(name, touched);
    };
  }, []);
}
