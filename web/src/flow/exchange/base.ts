/** What the open flow is compared with; the difference follows each change. */
import { useEffect } from "react";
import { makeStore, useStore } from "../../core/store";
import { diffFlows } from "../diff";
import type { FlowDoc } from "../document";
import { type FlowStore, useFlow, useFlowStore } from "../store";

export const base = makeStore<{ store: FlowStore; doc: FlowDoc } | undefined>(undefined);

/** Mounted once in the editor. */
export function useComparison(): void {
  const store = useFlowStore();
  const doc = useFlow((state) => state.doc);
  const shown = useFlow((state) => state.diff !== undefined);
  const compared = useStore(base);
  useEffect(() => {
    if (shown && compared?.store === store) store.put({ diff: diffFlows(compared.doc, doc, store.get().specs) });
  }, [doc, shown, compared, store]);
}
