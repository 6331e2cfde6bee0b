/** What was typed as text and cannot be read yet: kept while the tab lives, whatever view is shown. */
import type { FlowStore } from "../store";
import type { Format } from "./convert";

const kept = new WeakMap<FlowStore, Map<Format, string>>();

export const typedIn = (store: FlowStore, format: Format): string | undefined => kept.get(store)?.get(format);

export function keepTyped(store: FlowStore, format: Format, text: string): void {
  const texts = kept.get(store) ?? new Map<Format, string>();
  texts.set(format, text);
  kept.set(store, texts);
}

export const forgetTyped = (store: FlowStore, format: Format): boolean => kept.get(store)?.delete(format) ?? false;

/** Whether something is typed that is not in the document. */
export const hasUnread = (store: FlowStore): boolean => (kept.get(store)?.size ?? 0) > 0;
