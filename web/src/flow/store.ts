/** The flow that is being edited: the document, its history, and what is known about it. */
import { createContext, useContext, useSyncExternalStore } from "react";
import type { Explained, FlowProblem, JobDetail, Operator } from "../api/types";
import type { FlowDiff } from "./diff";
import { emptyFlow, type FlowDoc, type PortRef, stepOf } from "./document";

export type Saved = "saved" | "saving" | "dirty" | "offline" | "conflict";
export type View = "canvas" | "list" | "code";
export type DrawerTab = "parameters" | "seats" | "reveals" | "cost" | "result";
export type BottomTab = "problems" | "learns" | "runs";
export type Command = (doc: FlowDoc) => FlowDoc;
export type End = PortRef & { readonly side: "in" | "out" };

/** What the node keeps of a flow. */
export interface FlowDraft {
  id?: string;
  version?: number;
  agreement?: string | null;
  document: FlowDoc;
}

/** What others find out about the document, or wish to be shown. */
export interface Facts {
  id?: string;
  version?: number;
  /** The agreement under which it is meant to run. */
  agreement?: string;
  saved: Saved;
  problems: readonly FlowProblem[];
  /** Who learns what and the cost; only while the document is sound. */
  explained?: Explained;
  hash?: string;
  specs: ReadonlyMap<string, Operator>;
  /** The job whose states the boxes show. */
  run?: JobDetail;
  /** What the boxes are compared with. */
  diff?: FlowDiff;
  view: View;
  /** undefined: closed. */
  drawer?: DrawerTab;
  bottom?: BottomTab;
  /** `data-path` of the field that is to get the focus, such as "params.epochs" or "at.receiver"; the form clears it. */
  focus?: string;
}

export interface FlowState extends Facts {
  doc: FlowDoc;
  /** Ids of the chosen steps. */
  selection: readonly string[];
  /** The chosen port: what fits it stays lit. */
  port?: End;
  canUndo: boolean;
  canRedo: boolean;
  /** Label of what undo would take back. */
  undoes?: string;
  redoes?: string;
}

export interface FlowStore {
  /** Tells stores apart. */
  readonly key: string;
  get(): FlowState;
  subscribe(listener: () => void): () => void;
  /** Applies a command; one step of undo. Commands with the same `mergeKey` within 800 ms are one step. */
  run(command: Command, label: string, mergeKey?: string): void;
  undo(): void;
  redo(): void;
  select(ids: readonly string[]): void;
  choosePort(port: End | undefined): void;
  /** Another flow; history begins anew. */
  load(draft: FlowDraft): void;
  /** Facts and wishes: no part of the history. */
  put(facts: Partial<Facts>): void;
  /** Saves now, by what `saveWith` was given. */
  save(): Promise<void>;
  saveWith(save: () => Promise<void>): void;
}

interface Past {
  doc: FlowDoc;
  label: string;
}
const LIMIT = 200;
const TOGETHER_MS = 800;

export function makeFlowStore(draft: FlowDraft): FlowStore {
  let past: Past[] = [];
  let future: Past[] = [];
  let last: { key?: string; at: number } = { at: 0 };
  let save = async (): Promise<void> => {};
  let state = fresh(draft);
  const listeners = new Set<() => void>();

  const set = (change: Partial<FlowState>): void => {
    state = { ...state, ...change };
    for (const listener of [...listeners]) listener();
  };
  const moved = (doc: FlowDoc): void => {
    const selection = state.selection.filter((id) => stepOf(doc, id) !== undefined);
    const port = state.port !== undefined && stepOf(doc, state.port.step) !== undefined ? state.port : undefined;
    const [undoes, redoes] = [past.at(-1)?.label, future.at(-1)?.label];
    const saved = doc === state.doc ? state.saved : state.saved === "conflict" ? "conflict" : "dirty";
    set({ doc, selection, port, saved, undoes, redoes, canUndo: past.length > 0, canRedo: future.length > 0 });
  };
  const travel = (from: Past[], to: Past[]): void => {
    const target = from.pop();
    if (target === undefined) return;
    to.push({ doc: state.doc, label: target.label });
    last = { at: 0 };
    moved(target.doc);
  };

  return {
    key: crypto.randomUUID(),
    get: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    run(command, label, mergeKey) {
      const doc = command(state.doc);
      if (doc === state.doc) return;
      const now = Date.now();
      const together =
        mergeKey !== undefined && mergeKey === last.key && now - last.at < TOGETHER_MS && past.length > 0;
      if (!together) past = [...past.slice(1 - LIMIT), { doc: state.doc, label }];
      future = [];
      last = { key: mergeKey, at: now };
      moved(doc);
    },
    undo: () => travel(past, future),
    redo: () => travel(future, past),
    select(ids) {
      const same = ids.length === state.selection.length && ids.every((id, place) => id === state.selection[place]);
      const port = state.port !== undefined && ids.includes(state.port.step) ? state.port : undefined;
      if (!same || port !== state.port) set({ selection: same ? state.selection : [...ids], port });
    },
    choosePort: (port) => set({ port }),
    load(next) {
      [past, future, last] = [[], [], { at: 0 }];
      state = { ...fresh(next), specs: state.specs, view: state.view };
      set({});
    },
    put: (facts) => set(settled(facts, state)),
    save: () => save(),
    saveWith(next) {
      save = next;
    },
  };
}

/** Problems that were found again stay the same objects: the picture of a large flow hangs on them. */
function settled(facts: Partial<Facts>, state: FlowState): Partial<Facts> {
  const same = facts.problems !== undefined && JSON.stringify(facts.problems) === JSON.stringify(state.problems);
  return same ? { ...facts, problems: state.problems } : facts;
}

function fresh(draft: FlowDraft): FlowState {
  return {
    doc: draft.document,
    id: draft.id,
    version: draft.version,
    agreement: draft.agreement ?? undefined,
    saved: draft.id === undefined ? "dirty" : "saved",
    problems: [],
    specs: new Map(),
    view: "canvas",
    selection: [],
    canUndo: false,
    canRedo: false,
  };
}

export const FlowContext = createContext<FlowStore>(makeFlowStore({ document: emptyFlow("me") }));

export const useFlowStore = (): FlowStore => useContext(FlowContext);

/** A part of the state; `pick` gives something that stays the same while nothing changed, not a new object. */
export function useFlow<X>(pick: (state: FlowState) => X): X {
  const store = useFlowStore();
  return useSyncExternalStore(store.subscribe, () => pick(store.get()));
}
