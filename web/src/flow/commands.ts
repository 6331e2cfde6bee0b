/** What can be done to a flow. Each verb gives a Command: from a document to the next; the same object if nothing changes. */
import type { Operator } from "../api/types";
import {
  asName,
  type FlowDoc,
  type FlowStep,
  isName,
  type Json,
  type PartyKind,
  type Point,
  type PortRef,
  refOf,
  stepOf,
  textOf,
} from "./document";
import type { Seats } from "./fits";
import type { Command } from "./store";

/** No box lands farther out than this. */
export const BOUND = 20_000;
export type Places = ReadonlyMap<string, Point>;
export interface NewStep {
  id: string;
  spec: Operator;
  place?: Point;
  at?: Seats;
  /** Input port -> the output that is to go in. */
  inputs?: Readonly<Record<string, PortRef>>;
}

/** An id that no step has: the operator's last word, with a number if it is taken. */
export function freeId(doc: FlowDoc, wanted: string, taken: Iterable<string> = []): string {
  const used = new Set([...doc.steps.map((step) => step.id), ...taken]);
  const base = asName(wanted.slice(wanted.lastIndexOf(".") + 1), "step").slice(0, 58);
  if (!used.has(base)) return base;
  const stem = base.replace(/_\d+$/, "");
  for (let number = 2; ; number += 1) if (!used.has(`${stem}_${number}`)) return `${stem}_${number}`;
}

export const addStep =
  ({ id, spec, place, at = {}, inputs = {} }: NewStep): Command =>
  (doc) => {
    const wired = Object.fromEntries(Object.entries(inputs).map(([port, from]) => [port, textOf(from)]));
    const step: FlowStep = { id, operator: spec.name, at, inputs: wired, params: {} };
    const placed = place === undefined ? step : { ...step, layout: { ...bounded(place) } };
    return { ...doc, steps: [...doc.steps, placed] };
  };

/** Removes steps and the wires that lead to and from them. */
export const removeSteps =
  (ids: readonly string[]): Command =>
  (doc) => {
    const gone = new Set(ids.filter((id) => stepOf(doc, id) !== undefined));
    if (gone.size === 0) return doc;
    const left = doc.steps.filter((step) => !gone.has(step.id));
    return {
      ...doc,
      steps: left.map((step) => rewired(step, (source) => (gone.has(refOf(source).step) ? undefined : source))),
    };
  };

/** Connects; an input has one wire, so a former one is replaced. `seats` fill or change those of the target. */
export const connect = (from: PortRef, to: PortRef, seats: Seats = {}): Command =>
  changed(to.step, (step) => {
    const source = textOf(from);
    const same =
      step.inputs?.[to.port] === source && Object.entries(seats).every(([role, who]) => step.at[role] === who);
    if (same) return step;
    return { ...step, at: { ...step.at, ...seats }, inputs: { ...step.inputs, [to.port]: source } };
  });

export const disconnect = (to: PortRef): Command =>
  changed(to.step, (step) =>
    step.inputs?.[to.port] === undefined ? step : { ...step, inputs: without(step.inputs, to.port) },
  );

/** Sets a parameter, or a part of one; `undefined` takes it out, so that its default holds. */
export const setParam = (id: string, path: readonly (string | number)[], value: Json | undefined): Command =>
  changed(id, (step) => {
    const params = replaced((step.params ?? {}) as Json, path, value) ?? {};
    return JSON.stringify(params) === JSON.stringify(step.params ?? {})
      ? step
      : { ...step, params: params as Record<string, Json> };
  });

export const setParams = (id: string, params: Readonly<Record<string, Json>>): Command =>
  changed(id, (step) => (JSON.stringify(params) === JSON.stringify(step.params ?? {}) ? step : { ...step, params }));

export const setSeat = (id: string, role: string, party: string | undefined): Command =>
  changed(id, (step) => {
    if (step.at[role] === party) return step;
    return { ...step, at: party === undefined ? without(step.at, role) : { ...step.at, [role]: party } };
  });

export const setProfile =
  (profile: string): Command =>
  (doc) =>
    doc.profile === profile ? doc : { ...doc, profile };

export const setName =
  (name: string): Command =>
  (doc) =>
    doc.name === name ? doc : { ...doc, name };

export const setTitle =
  (title: FlowDoc["title"]): Command =>
  (doc) => ({ ...doc, title });

/** Sets who takes part. Who is left out leaves the seats too. */
export const setParties =
  (parties: Readonly<Record<string, PartyKind>>): Command =>
  (doc) => ({
    ...doc,
    parties,
    steps: doc.steps.map((step) => {
      const at = Object.entries(step.at).filter(([, party]) => Object.hasOwn(parties, party));
      return at.length === Object.keys(step.at).length ? step : { ...step, at: Object.fromEntries(at) };
    }),
  });

/** Gives a step another id; what reads from it follows. Nothing happens if the id is taken or no name. */
export const rename =
  (id: string, next: string): Command =>
  (doc) => {
    if (id === next || !isName(next) || stepOf(doc, next) !== undefined || stepOf(doc, id) === undefined) return doc;
    const follow = (source: string): string => {
      const ref = refOf(source);
      return ref.step === id ? textOf({ ...ref, step: next }) : source;
    };
    const named = (step: FlowStep): FlowStep => (step.id === id ? { ...step, id: next } : step);
    return { ...doc, steps: doc.steps.map((step) => named(rewired(step, follow))) };
  };

/** Puts boxes in their places. The order of the steps stays: it counts in the hash. */
export const moveSteps =
  (places: Places): Command =>
  (doc) => {
    let any = false;
    const steps = doc.steps.map((step) => {
      const place = places.get(step.id);
      if (place === undefined) return step;
      const layout = bounded(place);
      if (step.layout?.x === layout.x && step.layout?.y === layout.y) return step;
      any = true;
      return { ...step, layout: { ...step.layout, ...layout } };
    });
    return any ? { ...doc, steps } : doc;
  };

/** Moves boxes by so much; `places` says where those stand that have no place of their own yet. */
export const nudge = (ids: readonly string[], by: Point, places: Places): Command =>
  moveSteps(
    new Map(
      ids.flatMap((id) => {
        const place = places.get(id);
        return place === undefined ? [] : [[id, { x: place.x + by.x, y: place.y + by.y }] as const];
      }),
    ),
  );

/** Another document in place of this one, as after an edit of its text. Boxes that it has no place for keep theirs. */
export const replaceAll =
  (next: FlowDoc): Command =>
  (doc) => {
    const places = new Map(doc.steps.map((step) => [step.id, step.layout]));
    const steps = next.steps.map((step) => {
      const layout = step.layout ?? places.get(step.id);
      return layout === undefined ? step : { ...step, layout };
    });
    const made = { ...next, steps };
    return JSON.stringify(made) === JSON.stringify(doc) ? doc : made;
  };

function changed(id: string, change: (step: FlowStep) => FlowStep): Command {
  return (doc) => {
    const step = stepOf(doc, id);
    if (step === undefined) return doc;
    const next = change(step);
    return next === step ? doc : { ...doc, steps: doc.steps.map((one) => (one === step ? next : one)) };
  };
}

/** The step with each of its sources replaced, or taken out where `to` gives none; the same object if all stay. */
export function rewired(step: FlowStep, to: (source: string, port: string) => string | undefined): FlowStep {
  const before = Object.entries(step.inputs ?? {});
  const after = before.flatMap(([port, source]) => {
    const next = to(source, port);
    return next === undefined ? [] : [[port, next] as const];
  });
  const same = after.length === before.length && after.every(([, source], place) => source === before[place]?.[1]);
  return same ? step : { ...step, inputs: Object.fromEntries(after) };
}

function replaced(at: Json | undefined, path: readonly (string | number)[], value: Json | undefined): Json | undefined {
  const [head, ...rest] = path;
  if (head === undefined) return value;
  if (Array.isArray(at)) {
    const place = Number(head);
    const inner = replaced(at[place], rest, value);
    return [...at.slice(0, place), ...(inner === undefined ? [] : [inner]), ...at.slice(place + 1)];
  }
  const object = at !== null && typeof at === "object" ? at : {};
  const inner = replaced(object[head], rest, value);
  return inner === undefined ? without(object, String(head)) : { ...object, [head]: inner };
}

function without<X>(object: Readonly<Record<string, X>>, name: string): Record<string, X> {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
}

const bounded = ({ x, y }: Point): Point => ({ x: inside(x), y: inside(y) });
const inside = (value: number): number => Math.round(Math.max(-BOUND, Math.min(BOUND, value)));
