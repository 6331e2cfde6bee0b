/** Adding a step without a mouse: seated, and wired where only one connection makes sense. */
import type { Operator } from "../../api/types";
import { addStep, freeId } from "../commands";
import { type FlowDoc, type PortRef, type Specs, stepOf } from "../document";
import { choices, fits, type Seats, seatsOf } from "../fits";
import type { Command } from "../store";

export interface Added {
  id: string;
  command: Command;
}

/** A new step at the end, reading from `after` or from the only outputs that fit its inputs. */
export function added(doc: FlowDoc, specs: Specs, spec: Operator, after: string | undefined): Added {
  const id = freeId(doc, spec.name);
  const wired = connected(doc, specs, spec, after);
  return { id, command: addStep({ id, spec, at: wired.at, inputs: wired.inputs }) };
}

const PROBE = "step";

/** Seats come from the wires first, and from the flow's parties where no wire tells. */
function connected(
  doc: FlowDoc,
  specs: Specs,
  spec: Operator,
  after: string | undefined,
): { at: Seats; inputs: Record<string, PortRef> } {
  let at: Record<string, string> = {};
  const inputs: Record<string, PortRef> = {};
  const id = freeId(doc, PROBE);
  for (const port of spec.inputs) {
    const probe: FlowDoc = { ...doc, steps: [...doc.steps, { id, operator: spec.name, at, inputs: {}, params: {} }] };
    const to = { step: id, port: port.name };
    const fitting = choices(probe, specs, to).filter((from) => from.step !== id && fits(probe, specs, from, to).ok);
    const mine = fitting.filter((from) => from.step === after);
    const from = mine.length === 1 ? mine[0] : mine.length === 0 ? newest(doc, fitting, inputs) : undefined;
    if (from === undefined) continue;
    const fit = fits(probe, specs, from, to);
    if (!fit.ok) continue;
    at = { ...at, ...fit.seats };
    inputs[port.name] = from;
  }
  const others = Object.entries(seatsOf(doc, spec));
  for (const [role, party] of others)
    if (at[role] === undefined && !Object.values(at).includes(party)) at[role] = party;
  return { at, inputs };
}

/** The only output that fits and is not taken by another input of the same step. */
function newest(doc: FlowDoc, fitting: PortRef[], taken: Record<string, PortRef>): PortRef | undefined {
  const free = fitting.filter((from) => !Object.values(taken).some((other) => same(other, from)));
  if (free.length <= 1) return free[0];
  const unread = free.filter((from) => !isRead(doc, from));
  return unread.length === 1 ? unread[0] : undefined;
}

const same = (one: PortRef, other: PortRef): boolean => one.step === other.step && one.port === other.port;

const isRead = (doc: FlowDoc, from: PortRef): boolean =>
  doc.steps.some((step) => Object.values(step.inputs ?? {}).includes(`${from.step}.${from.port}`)) &&
  stepOf(doc, from.step) !== undefined;
