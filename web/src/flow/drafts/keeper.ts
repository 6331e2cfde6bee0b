/** Saves the flow by itself: in this browser at once, at the node some moments later. Nothing typed is lost. */
import { asProblem, type Problem } from "../../api/client";
import type { FlowDraft } from "../../api/types";
import type { FlowDoc } from "../document";
import type { FlowStore } from "../store";

export interface Gateway {
  create(body: { document: FlowDoc; agreement?: string; template?: string }): Promise<FlowDraft>;
  save(id: string, body: { document: FlowDoc; version: number; agreement?: string | null }): Promise<FlowDraft>;
  read(id: string): Promise<FlowDraft>;
}

/** A draft in this browser, for the time until the node has it. */
export interface Local {
  read(id: string | undefined): LocalDraft | undefined;
  write(id: string | undefined, draft: LocalDraft): void;
  drop(id: string | undefined): void;
}

export interface LocalDraft {
  at: number;
  /** The version at the node that it was made from. */
  version?: number;
  document: FlowDoc;
}

export interface Keeper {
  /** Saves now; resolves when there is nothing left to save, or when it failed. */
  save(): Promise<void>;
  /** After a conflict: what stands here becomes the version after theirs. */
  overwrite(theirs: FlowDraft): Promise<void>;
  /** After a conflict: what stands at the node takes its place here. */
  accept(theirs: FlowDraft): void;
  stop(): void;
}

export interface KeeperOptions {
  gateway: Gateway;
  local: Local;
  /** What the flow was begun from. */
  template?: () => string | undefined;
  /** A flow got its id. */
  onCreated: (draft: FlowDraft) => void;
  onConflict: (theirs: FlowDraft) => void;
  /** Why it could not be saved; undefined once it was. */
  onTrouble: (problem: Problem | undefined) => void;
}

const SETTLE_MS = 1_000;
const RETRY_MS = 5_000;

export function makeKeeper(store: FlowStore, options: KeeperOptions): Keeper {
  const { gateway, local } = options;
  let seen = store.get().doc;
  let seenAgreement = store.get().agreement;
  let kept: { doc: FlowDoc; agreement?: string } | undefined =
    store.get().saved === "saved" ? { doc: seen, agreement: seenAgreement } : undefined;
  let timer = 0;
  let running: Promise<void> | undefined;

  const isKept = (): boolean => {
    const { doc, agreement } = store.get();
    return kept !== undefined && doc === kept.doc && agreement === kept.agreement;
  };
  const later = (wait: number): void => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void save(), wait);
  };
  const noticed = (): void => {
    const { doc, agreement, saved, id, version } = store.get();
    if (doc === seen && agreement === seenAgreement) return;
    const another = doc !== seen && saved === "saved"; // another flow was loaded into the store
    [seen, seenAgreement] = [doc, agreement];
    if (another) kept = { doc, agreement };
    if (isKept()) return;
    if (saved === "saved") store.put({ saved: "dirty" });
    local.write(id, { at: Date.now(), version, document: doc });
    if (saved !== "conflict") later(SETTLE_MS);
  };

  async function save(): Promise<void> {
    window.clearTimeout(timer);
    if (running !== undefined) return running;
    if (isKept() || store.get().saved === "conflict") return;
    running = send().finally(() => {
      running = undefined;
    });
    return running;
  }

  async function send(): Promise<void> {
    const { doc, agreement, id, version } = store.get();
    store.put({ saved: "saving" });
    try {
      const change = agreement === kept?.agreement ? {} : { agreement: agreement ?? null };
      const draft =
        id === undefined
          ? await gateway.create({ document: doc, agreement, template: options.template?.() })
          : await gateway.save(id, { document: doc, version: version ?? 1, ...change });
      landed(draft, doc, agreement, id);
    } catch (thrown) {
      await failed(asProblem(thrown), doc, agreement);
    }
  }

  function landed(draft: FlowDraft, doc: FlowDoc, agreement: string | undefined, former: string | undefined): void {
    kept = { doc, agreement };
    options.onTrouble(undefined);
    if (former === undefined) {
      local.drop(undefined);
      options.onCreated(draft);
    }
    store.put({ id: draft.id, version: draft.version, saved: isKept() ? "saved" : "dirty" });
    if (isKept()) local.drop(draft.id);
    else later(SETTLE_MS);
  }

  async function failed(problem: Problem, doc: FlowDoc, agreement: string | undefined): Promise<void> {
    const { id } = store.get();
    if (problem.code === "flow.conflict" && id !== undefined) return collided(id, doc, agreement);
    options.onTrouble(problem);
    store.put({ saved: "offline" });
    if (problem.isUnreachable) later(RETRY_MS);
  }

  /** Somebody else saved; or it was this very document, whose answer was lost. */
  async function collided(id: string, doc: FlowDoc, agreement: string | undefined): Promise<void> {
    try {
      const theirs = await gateway.read(id);
      if (JSON.stringify(theirs.document) === JSON.stringify(doc)) return landed(theirs, doc, agreement, id);
      store.put({ saved: "conflict" });
      options.onConflict(theirs);
    } catch (thrown) {
      options.onTrouble(asProblem(thrown));
      store.put({ saved: "offline" });
      later(RETRY_MS);
    }
  }

  const unsubscribe = store.subscribe(noticed);
  store.saveWith(save);
  if (store.get().id === undefined && seen.steps.length > 0) later(SETTLE_MS); // begun from a template or a file
  return {
    save,
    async overwrite(theirs) {
      store.put({ version: theirs.version, saved: "dirty" });
      await save();
    },
    accept(theirs) {
      const document = theirs.document as unknown as FlowDoc;
      kept = { doc: document, agreement: theirs.agreement ?? undefined };
      store.put({ version: theirs.version, agreement: theirs.agreement ?? undefined });
      store.run(() => document, "");
      store.put({ saved: "saved" });
      local.drop(theirs.id);
    },
    stop() {
      window.clearTimeout(timer);
      unsubscribe();
    },
  };
}
