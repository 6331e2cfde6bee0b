/** The flow document, as the node reads and writes it. Everything in the editor is derived from it. */
import type { Operator } from "../api/types";

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type PartyKind = "data" | "dealer";
export type Specs = ReadonlyMap<string, Operator>;
export interface Point {
  x: number;
  y: number;
}

export interface FlowStep {
  readonly id: string;
  readonly operator: string;
  readonly version?: string;
  /** Role of the operator -> party. */
  readonly at: Readonly<Record<string, string>>;
  /** Input port -> "<step id>.<output port>". */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, Json>>;
  readonly layout?: Readonly<Record<string, number>>;
}

export interface FlowDoc {
  readonly tacit: "1";
  readonly name: string;
  readonly title?: Readonly<Partial<Record<"zh" | "en", string>>>;
  readonly profile: string;
  readonly parties: Readonly<Record<string, PartyKind>>;
  readonly steps: readonly FlowStep[];
}

/** One port of one step. */
export interface PortRef {
  readonly step: string;
  readonly port: string;
}
/** An entry of `inputs`. */
export interface Wire {
  readonly from: PortRef;
  readonly to: PortRef;
}

export const PROFILES = ["2pc", "2pc-dealer"] as const;
const NAME = /^[a-z][a-z0-9_-]{0,62}$/;

export const isName = (text: string): boolean => NAME.test(text);

/** A name made of any text, as the document takes it; `otherwise` where nothing is left. */
export function asName(text: string, otherwise = "flow"): string {
  const kept = text
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
  return (kept === "" ? otherwise : kept).slice(0, 63);
}

export function emptyFlow(me: string, name = "flow"): FlowDoc {
  return { tacit: "1", name, profile: "2pc", parties: { [me]: "data" }, steps: [] };
}

export function refOf(text: string): PortRef {
  const dot = text.indexOf(".");
  return dot < 0 ? { step: text, port: "" } : { step: text.slice(0, dot), port: text.slice(dot + 1) };
}
export const textOf = (ref: PortRef): string => `${ref.step}.${ref.port}`;
export const wireId = (to: PortRef): string => `${to.step}:${to.port}`;

interface Index {
  steps: Map<string, FlowStep>;
  sources: Map<string, string[]>;
  readers: Map<string, string[]>;
}
const indexes = new WeakMap<FlowDoc, Index>();

/** Made once for each document: large flows are asked much. */
function indexOf(doc: FlowDoc): Index {
  const known = indexes.get(doc);
  if (known !== undefined) return known;
  const steps = new Map(doc.steps.toReversed().map((step) => [step.id, step]));
  const sources = new Map(doc.steps.map((step) => [step.id, [] as string[]]));
  const readers = new Map(doc.steps.map((step) => [step.id, [] as string[]]));
  for (const step of steps.size === doc.steps.length ? doc.steps : steps.values()) {
    const from = new Set(Object.values(step.inputs ?? {}).map((source) => refOf(source).step));
    for (const source of from) {
      if (!steps.has(source)) continue;
      sources.get(step.id)?.push(source);
      readers.get(source)?.push(step.id);
    }
  }
  indexes.set(doc, { steps, sources, readers });
  return { steps, sources, readers };
}

export const stepOf = (doc: FlowDoc, id: string): FlowStep | undefined => indexOf(doc).steps.get(id);

/** The operator of a step, if it is known here in the version that the step asks for. */
export const specOf = (specs: Specs, step: FlowStep | undefined): Operator | undefined =>
  step === undefined ? undefined : specs.get(step.operator);

export function wires(doc: FlowDoc): Wire[] {
  return doc.steps.flatMap((step) =>
    Object.entries(step.inputs ?? {}).map(([port, source]) => ({ from: refOf(source), to: { step: step.id, port } })),
  );
}

/** Ids of the steps that a step reads from, each once, as far as they exist. */
export const sourcesOf = (doc: FlowDoc, id: string): readonly string[] => indexOf(doc).sources.get(id) ?? [];

/** Ids of the steps that read from a step, in document order. */
export const readersOf = (doc: FlowDoc, id: string): readonly string[] => indexOf(doc).readers.get(id) ?? [];

/** All steps that `next` leads to from the given ones, and these themselves. */
export function reached(from: Iterable<string>, next: (id: string) => readonly string[]): Set<string> {
  const found = new Set<string>();
  const waiting = [...from];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    waiting.push(...next(id));
  }
  return found;
}

export const partiesOf = (doc: FlowDoc, kind: PartyKind): string[] =>
  Object.entries(doc.parties)
    .filter(([, brings]) => brings === kind)
    .map(([party]) => party);
