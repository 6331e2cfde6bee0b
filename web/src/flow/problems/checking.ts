/** Has the node check the flow after each change, and explain it once it is sound. */
import { useEffect, useRef } from "react";
import { api, asProblem, dataOf } from "../../api/client";
import type { Checked, Explained } from "../../api/types";
import { useMe } from "../../core/session";
import type { FlowDoc } from "../document";
import { type FlowStore, useFlow, useFlowStore } from "../store";

const CHECK_MS = 300;
const EXPLAIN_MS = 300; // after the check

/** Mounted once in the editor. */
export function useChecking(): void {
  const store = useFlowStore();
  const me = useMe();
  const doc = useFlow((state) => state.doc);
  const meaning = meaningOf(doc);
  const now = useRef(doc);
  now.current = doc;
  const may = me.can("flow.check");
  const mayExplain = me.can("flow.explain");
  // biome-ignore lint/correctness/useExhaustiveDependencies: what a box is moved to changes no meaning
  useEffect(() => {
    if (!may) return;
    const stop = new AbortController();
    const timer = window.setTimeout(() => void look(store, now.current, mayExplain, stop.signal), CHECK_MS);
    return () => {
      window.clearTimeout(timer);
      stop.abort();
    };
  }, [meaning, may, mayExplain, store]);
}

/** All that counts in the check, as a text: without titles and places. */
export function meaningOf(doc: FlowDoc): string {
  const { title: _, ...rest } = doc;
  return JSON.stringify({ ...rest, steps: doc.steps.map(({ layout: __, ...step }) => step) });
}

/** Whether there is anything to check: an empty flow has no faults, only a beginning. */
export const isBegun = (doc: FlowDoc): boolean => doc.steps.length > 0;

async function look(store: FlowStore, doc: FlowDoc, mayExplain: boolean, signal: AbortSignal): Promise<void> {
  if (!isBegun(doc)) return store.put({ problems: [], explained: undefined, hash: undefined });
  try {
    const checked = await check(doc, signal);
    store.put({ problems: checked.problems, hash: checked.flow_hash ?? undefined });
    if (!checked.ok || !mayExplain) return store.put({ explained: undefined });
    await new Promise((resolve) => window.setTimeout(resolve, EXPLAIN_MS));
    if (signal.aborted) return;
    store.put({ explained: await explain(doc, signal) });
  } catch (thrown) {
    if (signal.aborted || asProblem(thrown).isUnreachable) return; // the shell says that the node is away
    store.put({ explained: undefined });
  }
}

export async function check(doc: FlowDoc, signal?: AbortSignal): Promise<Checked> {
  return dataOf(await api.POST("/flows/check", { body: { flow: doc as unknown as Record<string, unknown> }, signal }));
}

export async function explain(doc: FlowDoc, signal?: AbortSignal): Promise<Explained> {
  return dataOf(
    await api.POST("/flows/explain", { body: { flow: doc as unknown as Record<string, unknown> }, signal }),
  );
}
