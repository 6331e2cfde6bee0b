/** Which output may go into which input: the same answer that the node's own check gives. */
import type { Operator, Port } from "../api/types";
import {
  type FlowDoc,
  type PortRef,
  partiesOf,
  reached,
  readersOf,
  type Specs,
  sourcesOf,
  specOf,
  stepOf,
} from "./document";

export type Seats = Readonly<Record<string, string>>;
export type Misfit = "kind" | "placement" | "holders" | "seats" | "cycle" | "unknown";
/** `seats`: who has to sit where at the target; empty if it fits as it is. `offer`: who would have to, instead of others. */
export type Fit = { ok: true; seats: Seats } | { ok: false; why: Misfit; offer?: Seats };

/** One end of a wire: a step, its operator, one of its ports. */
export interface Held {
  at: Seats;
  spec: Operator;
  port: Port;
}

/** Whether data of this kind, placed so, may come in here; whoever sits where. */
export const portFits = (output: Port, input: Port): boolean =>
  kindFits(output, input) && output.placement === input.placement;

const kindFits = (output: Port, input: Port): boolean =>
  output.kind === input.kind || input.accepts.includes(output.kind);

/** Why a wire is wrong; undefined if it is right, or if a seat is still empty. */
export function misfit(source: Held, target: Held): Exclude<Misfit, "cycle" | "unknown"> | undefined {
  if (!kindFits(source.port, target.port)) return "kind";
  if (source.port.placement !== target.port.placement) return "placement";
  const [held, needed] = [holdersOf(source), holdersOf(target)];
  if (held !== undefined && needed !== undefined && !holdersFit(held, needed, target.port.placement)) return "holders";
  return target.port.placement === "shared" && swapped(source, target) ? "seats" : undefined;
}

/** The parties that hold a port; undefined while a seat that must be taken is empty. */
export function holdersOf({ at, spec, port }: Held): Set<string> | undefined {
  const roles = new Map(spec.roles.map((role) => [role.name, role]));
  if (port.holders.some((role) => at[role] === undefined && roles.get(role)?.optional !== true)) return undefined;
  return new Set(port.holders.flatMap((role) => at[role] ?? []));
}

function holdersFit(held: Set<string>, needed: Set<string>, placement: string): boolean {
  const all = [...needed].every((party) => held.has(party));
  return placement === "each" ? all : all && held.size === needed.size; // others may hold a piece too
}

/** A share belongs to its role: roles of the same name at both steps must be the same party. */
function swapped(source: Held, target: Held): boolean {
  return target.port.holders.some((role) => {
    const [before, now] = [source.at[role], target.at[role]];
    return source.port.holders.includes(role) && before !== undefined && now !== undefined && before !== now;
  });
}

/** Whether an output may be connected with an input, and what has to be seated for it. */
export function fits(doc: FlowDoc, specs: Specs, from: PortRef, to: PortRef): Fit {
  return judged(doc, specs, from, to, before(doc, from.step));
}

/** The outputs that may go into an input; those that need another seating come last. */
export function choices(doc: FlowDoc, specs: Specs, to: PortRef): PortRef[] {
  const after = reached([to.step], (id) => readersOf(doc, id));
  const ends = portsOf(doc, specs, "outputs").filter((from) => !after.has(from.step));
  return ranked(ends, (from) => judged(doc, specs, from, to, NONE));
}

/** The inputs that an output may go into; those that need another seating come last. */
export function targets(doc: FlowDoc, specs: Specs, from: PortRef): PortRef[] {
  const behind = before(doc, from.step);
  return ranked(portsOf(doc, specs, "inputs"), (to) => judged(doc, specs, from, to, behind));
}

const NONE: ReadonlySet<string> = new Set();
const before = (doc: FlowDoc, id: string): ReadonlySet<string> => reached([id], (one) => sourcesOf(doc, one));

const portsOf = (doc: FlowDoc, specs: Specs, side: "inputs" | "outputs"): PortRef[] =>
  doc.steps.flatMap((step) => (specOf(specs, step)?.[side] ?? []).map((port) => ({ step: step.id, port: port.name })));

/** `behind`: the steps that the source needs; what goes into them would go in a circle. */
function judged(doc: FlowDoc, specs: Specs, from: PortRef, to: PortRef, behind: ReadonlySet<string>): Fit {
  const [source, target] = [held(doc, specs, from, "outputs"), held(doc, specs, to, "inputs")];
  if (source === undefined || target === undefined) return { ok: false, why: "unknown" };
  if (!kindFits(source.port, target.port)) return { ok: false, why: "kind" };
  if (!portFits(source.port, target.port)) return { ok: false, why: "placement" };
  if (behind.has(to.step)) return { ok: false, why: "cycle" };
  return seated(doc, source, target);
}

/** Whether a connection is possible, be it with other people in the seats. */
export const possible = (fit: Fit): boolean => fit.ok || fit.offer !== undefined;

function ranked(ends: PortRef[], fitOf: (end: PortRef) => Fit): PortRef[] {
  const all = ends.map((end) => ({ end, fit: fitOf(end) }));
  const right = all.filter(({ fit }) => fit.ok);
  const offered = all.filter(({ fit }) => !fit.ok && fit.offer !== undefined);
  return [...right, ...offered].map(({ end }) => end);
}

function held(doc: FlowDoc, specs: Specs, ref: PortRef, side: "inputs" | "outputs"): Held | undefined {
  const step = stepOf(doc, ref.step);
  const spec = specOf(specs, step);
  const port = spec?.[side].find((one) => one.name === ref.port);
  return step === undefined || spec === undefined || port === undefined ? undefined : { at: step.at, spec, port };
}

function seated(doc: FlowDoc, source: Held, target: Held): Fit {
  const filled = seatsFor(source, target, target.at);
  if (filled !== undefined && misfit(source, { ...target, at: { ...target.at, ...filled } }) === undefined)
    return { ok: true, seats: filled };
  const why = misfit(source, target) ?? "holders";
  const fresh = reseated(doc, source, target);
  return fresh === undefined ? { ok: false, why } : { ok: false, why, offer: fresh };
}

/** Parties for the empty seats that hold the target; undefined where the source leaves nobody for one that must be taken. */
function seatsFor(source: Held, target: Held, at: Seats): Seats | undefined {
  const seats: Record<string, string> = {};
  const free = (party: string): boolean => !Object.values(at).includes(party) && !Object.values(seats).includes(party);
  const roles = new Map(target.spec.roles.map((role) => [role.name, role]));
  const empty = target.port.holders.filter((role) => at[role] === undefined);
  for (const role of empty) {
    const same = source.port.holders.includes(role) ? source.at[role] : undefined;
    if (same !== undefined && free(same)) seats[role] = same;
  }
  for (const role of empty.filter((one) => seats[one] === undefined)) {
    const party = source.port.holders.map((one) => source.at[one]).find((one) => one !== undefined && free(one));
    if (party !== undefined) seats[role] = party;
    else if (roles.get(role)?.optional !== true && holdersOf(source) !== undefined) return undefined;
  }
  return seats;
}

/** The seats of the target, given anew so that the wire is right: whoever has to leave takes a seat that became free. */
function reseated(doc: FlowDoc, source: Held, target: Held): Seats | undefined {
  const kept = Object.fromEntries(Object.entries(target.at).filter(([role]) => !target.port.holders.includes(role)));
  const needed = seatsFor(source, target, {});
  if (needed === undefined) return undefined;
  const seats: Record<string, string> = { ...needed };
  const known = new Set(partiesOf(doc, "data"));
  for (const [role, party] of Object.entries(kept)) {
    if (!Object.values(seats).includes(party)) seats[role] = party;
    else {
      const other = Object.values(target.at).find((one) => known.has(one) && !Object.values(seats).includes(one));
      if (other !== undefined) seats[role] = other;
    }
  }
  const right = misfit(source, { ...target, at: seats }) === undefined;
  return right ? seats : undefined;
}

/** Seats for a new step: those that are given, then `first`, then the parties in the flow's order. */
export function seatsOf(doc: FlowDoc, spec: Operator, first?: string, given: Seats = {}): Seats {
  const taken = new Set(Object.values(given));
  const data = partiesOf(doc, "data").filter((party) => !taken.has(party));
  const order = first !== undefined && data.includes(first) ? [first, ...data.filter((one) => one !== first)] : data;
  const waiting = { data: order, dealer: partiesOf(doc, "dealer").filter((party) => !taken.has(party)) };
  const seats: Record<string, string> = { ...given };
  for (const role of [...spec.roles].sort((one, other) => Number(one.optional) - Number(other.optional))) {
    if (seats[role.name] !== undefined) continue;
    const party = waiting[role.dealer ? "dealer" : "data"].shift();
    if (party !== undefined) seats[role.name] = party;
  }
  return Object.fromEntries(
    spec.roles.flatMap(({ name }) => (seats[name] === undefined ? [] : [[name, seats[name]] as const])),
  );
}

export interface Placed {
  at: Seats;
  inputs: Readonly<Record<string, PortRef>>;
}

/**
 * How a new step joins the flow: from a port (an output) with the first input that it fits; from a step, whose port is "",
 * only where one output fits one input.
 */
export function joining(doc: FlowDoc, specs: Specs, spec: Operator, from: PortRef | undefined, first?: string): Placed {
  if (from === undefined) return { at: seatsOf(doc, spec, first), inputs: {} };
  const id = " new";
  const trial = { ...doc, steps: [...doc.steps, { id, operator: spec.name, at: {} }] };
  const outputs = specOf(specs, stepOf(doc, from.step))?.outputs.map((port) => port.name) ?? [];
  const sources = (from.port === "" ? outputs : [from.port]).map((port) => ({ step: from.step, port }));
  const pairs = sources.flatMap((source) =>
    spec.inputs.map((input) => ({ source, input, fit: fits(trial, specs, source, { step: id, port: input.name }) })),
  );
  const good = pairs.filter(({ fit }) => fit.ok);
  const [pair] = from.port !== "" || good.length === 1 ? good : [];
  if (pair === undefined || !pair.fit.ok) return { at: seatsOf(doc, spec, first), inputs: {} };
  return { at: seatsOf(doc, spec, first, pair.fit.seats), inputs: { [pair.input.name]: pair.source } };
}

/** How a new step stands before an input: the first of its outputs that fits, and the parties that the input needs on its seats. */
export function preceding(
  doc: FlowDoc,
  specs: Specs,
  spec: Operator,
  to: PortRef,
  first?: string,
): { at: Seats; output?: string } {
  const target = held(doc, specs, to, "inputs");
  const output = spec.outputs.find((port) => target !== undefined && portFits(port, target.port));
  if (target === undefined || output === undefined) return { at: seatsOf(doc, spec, first) };
  const seats: Record<string, string> = {};
  const parties = target.port.holders.flatMap((role) => target.at[role] ?? []);
  for (const role of output.holders) {
    const same = target.port.holders.includes(role) ? target.at[role] : undefined;
    const party = same ?? parties.find((one) => !Object.values(seats).includes(one));
    if (party !== undefined) seats[role] = party;
  }
  return { at: seatsOf(doc, spec, first, seats), output: output.name };
}
