/** Where things stand in a box: the same figures for drawing, for wires and for the layout. */
import type { Operator, Port } from "../api/types";
import type { FlowStep, Point } from "./document";

export const BOX_WIDTH = 256;
export const STRIP = 6;
export const HEAD = 48;
export const SEATS = 32;
export const ROW = 24;
export const FOOT = 8;

export interface Ports {
  inputs: readonly Port[];
  outputs: readonly Port[];
}

/** The ports that a box shows. Seats that may stay empty have ports that nobody needs while they are. */
export function shownPorts(step: FlowStep, spec: Operator | undefined): Ports {
  if (spec === undefined) return loosePorts(step);
  const seated = (port: Port): boolean => port.holders.some((role) => step.at[role] !== undefined);
  const inputs = spec.inputs.filter((port) => !port.optional || seated(port) || step.inputs?.[port.name] !== undefined);
  return { inputs, outputs: spec.outputs };
}

export const boxHeight = ({ inputs, outputs }: Ports): number =>
  STRIP + HEAD + SEATS + Math.max(1, inputs.length, outputs.length) * ROW + FOOT;

/** The middle of a port's handle, from the box's corner. */
export const portPoint = (side: "in" | "out", place: number): Point => ({
  x: side === "in" ? 0 : BOX_WIDTH,
  y: STRIP + HEAD + SEATS + place * ROW + ROW / 2,
});

/** Inputs of an operator that is not known here: as they are wired. */
function loosePorts(step: FlowStep): Ports {
  const inputs = Object.keys(step.inputs ?? {}).map((name) => ({
    name,
    kind: "",
    placement: "",
    holders: [],
    title: { en: name, zh: name },
    optional: true,
    accepts: [],
  }));
  return { inputs, outputs: [] };
}
