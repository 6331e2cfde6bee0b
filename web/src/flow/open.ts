/** The flows that are open in this tab: a store outlives its page, and with it what can be undone. */
import type { FlowDraft, FlowStore } from "./store";

const stores = new Map<string, FlowStore>();

/** The store of a flow that is open already. */
export const storeOf = (id: string): FlowStore | undefined => stores.get(id);

/** A flow got its id, or was read from the node. */
export function adopt(store: FlowStore, id: string): void {
  stores.set(id, store);
  if (store.get().id !== id) store.put({ id });
}

/** The flow is gone, or is to be read from the node again. */
export const forget = (id: string): boolean => stores.delete(id);

/** What the node has changed since, and nobody did anything here: the node's is taken. */
export function refreshed(store: FlowStore, draft: FlowDraft): void {
  const { saved, version = 0 } = store.get();
  if (saved === "saved" && (draft.version ?? 0) > version) store.load(draft);
}
