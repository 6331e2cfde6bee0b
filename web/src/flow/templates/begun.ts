/** What the open flow was begun from. */
import { makeStore } from "../../core/store";
import type { FlowStore } from "../store";

const begun = new WeakMap<FlowStore, string>();

/** The template that was chosen last, until the editor took note of it. */
export const chosen = makeStore<string | undefined>(undefined);

/** The editor took note: the flow of this store began with the chosen template. */
export function begin(store: FlowStore): string | undefined {
  const template = chosen.get();
  if (template === undefined) return undefined;
  begun.set(store, template);
  chosen.set(undefined);
  return template;
}

export const templateOf = (store: FlowStore): string | undefined => begun.get(store);

/** The tour that is being shown, and at which of its marks. */
export const tour = makeStore<{ template: string; mark: number } | undefined>(undefined);
