/** News of the node. One tab of a browser listens for all of them: HTTP/1.1 gives six connections per host. */
import { useEffect, useRef } from "react";
import type { InboxCounts, InboxItem, Job, JobEvent, StepProgress } from "../api/types";
import { type FromTab, openLine } from "./line";
import { makeStore, useStore } from "./store";

export interface LiveEvents {
  /** A line of a job's log. */
  log: JobEvent;
  /** A job's summary, whenever it changes. */
  state: Job;
  /** How far the running steps of a job are. */
  progress: { job_id: string; steps: Record<string, StepProgress> };
  /** Something that waits for a person, whenever it changes. */
  item: InboxItem;
  counts: InboxCounts;
  /** The line was down and is back: what was missed is to be asked for. */
  back: Record<string, never>;
}
export interface Line {
  state: "open" | "connecting" | "down";
  since: number;
  lastEventAt: number;
}
type Listener = (event: never) => void;

const listeners = new Map<keyof LiveEvents, Set<Listener>>();
const line = makeStore<Line>({ state: "connecting", since: Date.now(), lastEventAt: 0 });

/** Calls `on` for every such event while the component is there. */
export function useLive<E extends keyof LiveEvents>(event: E, on: (news: LiveEvents[E]) => void): void {
  const latest = useRef(on);
  useEffect(() => {
    latest.current = on;
  });
  useEffect(() => listen(event, (news) => latest.current(news)), [event]);
}

/** As useLive, outside of components. */
export function listen<E extends keyof LiveEvents>(event: E, on: (news: LiveEvents[E]) => void): () => void {
  const set = listeners.get(event) ?? new Set<Listener>();
  listeners.set(event, set);
  set.add(on as Listener);
  return () => set.delete(on as Listener);
}

export const useLine = (): Line => useStore(line);
export const lineNow = line.get;

/** Hands news on to whoever listens; also for tests. */
export function tell<E extends keyof LiveEvents>(event: E, news: LiveEvents[E]): void {
  for (const on of [...(listeners.get(event) ?? [])]) (on as (news: LiveEvents[E]) => void)(news);
}

function hear(message: FromTab): void {
  if (message.kind === "line") {
    const before = line.get();
    line.set({ ...before, state: message.state, since: message.state === before.state ? before.since : Date.now() });
    return;
  }
  line.set({ ...line.get(), lastEventAt: Date.now() });
  tell(message.event as keyof LiveEvents, message.news as never);
}

/** Begins to listen, for a person who may see jobs, the inbox, or both. Returns how to stop. */
export function startLive(sees: { jobs: boolean; inbox: boolean }): () => void {
  return openLine(sees, hear);
}
