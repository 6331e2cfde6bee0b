/** Saving in the editor: one keeper for the open flow. */
import { useEffect, useMemo } from "react";
import type { Problem } from "../../api/client";
import { act, get } from "../../api/hooks";
import { queries } from "../../api/queries";
import type { FlowDraft } from "../../api/types";
import { go, pathNow } from "../../core/location";
import { to } from "../../core/nav";
import { useMe } from "../../core/session";
import { makeStore } from "../../core/store";
import { hasUnread } from "../code/typed";
import type { FlowDoc } from "../document";
import { adopt } from "../open";
import { type FlowStore, useFlow, useFlowStore } from "../store";
import { templateOf } from "../templates/begun";
import { type Gateway, type Keeper, type LocalDraft, makeKeeper } from "./keeper";
import { localDrafts } from "./local";

type Body = Record<string, unknown>;
const asBody = (document: FlowDoc): Body => document as unknown as Body;

export const gateway: Gateway = {
  create: ({ document, ...rest }) => act("post", "/flows", { body: { document: asBody(document), ...rest } }),
  save: (draft, { document, ...rest }) =>
    act("put", "/flows/{draft}", { path: { draft }, body: { document: asBody(document), ...rest } }),
  read: (draft) => get("/flows/{draft}", { path: { draft } }),
};

/** What stands at the node, where somebody else saved meanwhile. */
export const conflict = makeStore<FlowDraft | undefined>(undefined);
/** Why the flow could not be saved. */
export const trouble = makeStore<Problem | undefined>(undefined);
/** A newer draft that this browser kept. */
export const offered = makeStore<LocalDraft | undefined>(undefined);

let keeper: Keeper | undefined;
export const keeperNow = (): Keeper | undefined => keeper;

/** Asks again what is to become of both, with what stands at the node by now. */
export async function askAgain(): Promise<void> {
  const theirs = conflict.get();
  if (theirs !== undefined) conflict.set(await gateway.read(theirs.id).catch(() => ({ ...theirs })));
}

/** Mounted once in the editor. */
export function useSaving(): void {
  const me = useMe();
  const store = useFlowStore();
  const local = useMemo(() => localDrafts(me.name), [me.name]);
  const may = me.can("flow.write");
  const mayRead = me.can("flow.read");
  useEffect(() => {
    offered.set(newer(local.read(store.get().id), store.get().doc));
    if (!may || !mayRead) return;
    keeper = makeKeeper(store, {
      gateway,
      local,
      template: () => templateOf(store),
      onCreated: (draft) => created(store, draft),
      onConflict: conflict.set,
      onTrouble: trouble.set,
    });
    return () => {
      void keeper?.save();
      keeper?.stop();
      keeper = undefined;
      conflict.set(undefined);
      trouble.set(undefined);
    };
  }, [store, local, may, mayRead]);
  useLeaving();
}

function newer(kept: LocalDraft | undefined, doc: FlowDoc): LocalDraft | undefined {
  return kept !== undefined && JSON.stringify(kept.document) !== JSON.stringify(doc) ? kept : undefined;
}

function created(store: FlowStore, draft: FlowDraft): void {
  adopt(store, draft.id);
  if (pathNow() === "/flows/new") go(to.flow(draft.id), { replace: true });
  void queries.invalidateQueries({ queryKey: ["/flows"] });
}

/** Asks before the tab closes while something is only here. */
function useLeaving(): void {
  const store = useFlowStore();
  const saved = useFlow((state) => state.saved);
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent): void => {
      if (saved === "offline" || saved === "conflict" || hasUnread(store)) event.preventDefault();
    };
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [saved, store]);
}
