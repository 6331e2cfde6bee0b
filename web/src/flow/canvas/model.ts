/** From the document to boxes and wires. What did not change stays the same object, so that it is not drawn again. */
import { type Edge, type Node, type NodeHandle, Position } from "@xyflow/react";
import type { FlowProblem, JobDetail, Operator } from "../../api/types";
import type { FlowDiff, StepDiff } from "../diff";
import {
  type FlowDoc,
  type FlowStep,
  type Point,
  refOf,
  type Specs,
  specOf,
  stepOf,
  type Wire,
  wireId,
  wires,
} from "../document";
import { holdersOf, misfit } from "../fits";
import { BOX_WIDTH, boxHeight, type Ports, portPoint, shownPorts } from "../geometry";
import { laidOut } from "../layout";

export type Hues = ReadonlyMap<string, number>;
export interface BoxData extends Record<string, unknown> {
  step: FlowStep;
  spec: Operator | undefined;
  ports: Ports;
  hues: Hues;
  /** How many problems the check found here. */
  problems: number;
  /** State of the step in the job that is shown. */
  state?: string;
  /** How much of it is done, 0 to 1. */
  done?: number;
  /** Its states at the parties: "hospital SUCCESS". */
  sides?: string;
  diff?: StepDiff["kind"];
  readOnly: boolean;
}
export interface WireData extends Record<string, unknown> {
  kind: string;
  placement: string;
  parties: readonly string[];
  hues: readonly number[];
  /** It leads from or to nowhere, or does not fit. */
  bad: boolean;
  diff?: "added" | "removed";
}
export type BoxNode = Node<BoxData, "box">;
export type WireEdge = Edge<WireData, "wire">;

export interface Picture {
  doc: FlowDoc;
  specs: Specs;
  hues: Hues;
  readOnly: boolean;
  problems?: readonly FlowProblem[];
  job?: JobDetail;
  diff?: FlowDiff;
}

/** Draws picture after picture. */
export function makeModel(): { boxes(picture: Picture): BoxNode[]; wires(picture: Picture): WireEdge[] } {
  let boxes = new Map<string, BoxNode>();
  let edges = new Map<string, WireEdge>();
  return {
    boxes(picture) {
      const places = laidOut(shown(picture), picture.specs);
      const counts = countsOf(picture.problems ?? []);
      const states = statesOf(picture.job);
      const made = shown(picture).steps.map((step) => {
        const data: BoxData = { ...boxData(picture, step), problems: counts.get(step.id) ?? 0, ...states.get(step.id) };
        return kept(boxes.get(step.id), boxNode(step.id, places.get(step.id) ?? { x: 0, y: 0 }, data));
      });
      boxes = new Map(made.map((node) => [node.id, node]));
      return made;
    },
    wires(picture) {
      const doc = shown(picture);
      const made = wires(doc)
        .filter(({ from }) => stepOf(doc, from.step) !== undefined)
        .map((wire) => {
          const edge = wireEdge(picture, doc, wire);
          const former = edges.get(edge.id);
          return former !== undefined && sameWire(former, edge) ? former : edge;
        });
      edges = new Map(made.map((edge) => [edge.id, edge]));
      return made;
    },
  };
}

/** With the steps that are gone, as ghosts, where two flows are compared. */
function shown({ doc, diff }: Picture): FlowDoc {
  if (diff === undefined) return doc;
  const known = ghosts.get(doc);
  if (known?.diff === diff) return known.doc;
  const gone = [...diff.steps.values()].filter(({ kind }) => kind === "removed").map(({ step }) => step);
  const together = gone.length === 0 ? doc : { ...doc, steps: [...doc.steps, ...gone] };
  ghosts.set(doc, { diff, doc: together });
  return together;
}
const ghosts = new WeakMap<FlowDoc, { diff: FlowDiff; doc: FlowDoc }>();

function boxData(
  { specs, hues, readOnly, diff }: Picture,
  step: FlowStep,
): Pick<BoxData, "step" | "spec" | "ports" | "hues" | "readOnly" | "diff"> {
  const spec = specOf(specs, step);
  return { step, spec, ports: portsOf(step, spec), hues, readOnly, diff: diff?.steps.get(step.id)?.kind };
}

const portsByStep = new WeakMap<FlowStep, { spec: Operator | undefined; ports: Ports }>();
function portsOf(step: FlowStep, spec: Operator | undefined): Ports {
  const known = portsByStep.get(step);
  if (known !== undefined && known.spec === spec) return known.ports;
  const ports = shownPorts(step, spec);
  portsByStep.set(step, { spec, ports });
  return ports;
}

const HANDLE = 12;

function boxNode(id: string, position: Point, data: BoxData): BoxNode {
  const height = boxHeight(data.ports);
  const ghost = data.diff === "removed";
  return {
    id,
    type: "box",
    position,
    data,
    width: BOX_WIDTH,
    height,
    measured: { width: BOX_WIDTH, height }, // so that boxes out of view count when the view is fitted
    handles: handlesOf(data.ports),
    draggable: !data.readOnly && !ghost,
    connectable: !data.readOnly && !ghost,
  };
}

function handlesOf({ inputs, outputs }: Ports): NodeHandle[] {
  const handle = (type: "source" | "target", id: string, place: number): NodeHandle => {
    const at = portPoint(type === "target" ? "in" : "out", place);
    const position = type === "target" ? Position.Left : Position.Right;
    return { id, type, position, x: at.x - HANDLE / 2, y: at.y - HANDLE / 2, width: HANDLE, height: HANDLE };
  };
  return [
    ...inputs.map((port, place) => handle("target", port.name, place)),
    ...outputs.map((port, place) => handle("source", port.name, place)),
  ];
}

function kept(former: BoxNode | undefined, next: BoxNode): BoxNode {
  if (former === undefined) return next;
  const still = former.position.x === next.position.x && former.position.y === next.position.y;
  const names = Object.keys({ ...former.data, ...next.data });
  return still && names.every((name) => Object.is(former.data[name], next.data[name])) ? former : next;
}

function countsOf(problems: readonly FlowProblem[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { step } of problems) if (step !== null) counts.set(step, (counts.get(step) ?? 0) + 1);
  return counts;
}

function statesOf(job: JobDetail | undefined): Map<string, Pick<BoxData, "state" | "done" | "sides">> {
  return new Map(
    (job?.steps ?? []).map(({ id, state, progress, parties }) => [
      id,
      {
        state,
        done: progress !== null && progress.total > 0 ? Math.min(1, progress.done / progress.total) : undefined,
        sides: Object.entries(parties)
          .map(([party, side]) => `${party} ${side.state}`)
          .join("\n"),
      },
    ]),
  );
}

function wireEdge(picture: Picture, doc: FlowDoc, wire: Wire): WireEdge {
  const id = wireId(wire.to);
  return {
    id,
    type: "wire",
    source: wire.from.step,
    sourceHandle: wire.from.port,
    target: wire.to.step,
    targetHandle: wire.to.port,
    data: wireData(picture, doc, wire),
    ariaRole: "presentation",
    ariaLabel: null as unknown as undefined, // the library's own label is English
  };
}

export function wireData({ specs, hues, diff }: Picture, doc: FlowDoc, { from, to }: Wire): WireData {
  const [source, target] = [stepOf(doc, from.step), stepOf(doc, to.step)];
  const [maker, taker] = [specOf(specs, source), specOf(specs, target)];
  const output = maker?.outputs.find((port) => port.name === from.port);
  const input = taker?.inputs.find((port) => port.name === to.port);
  const before = { at: source?.at ?? {}, spec: maker, port: output };
  const parties = maker && output ? [...(holdersOf({ ...before, spec: maker, port: output }) ?? [])] : [];
  const bad =
    !maker || !taker || !output || !input
      ? taker !== undefined && maker !== undefined
      : misfit(
          { at: source?.at ?? {}, spec: maker, port: output },
          { at: target?.at ?? {}, spec: taker, port: input },
        ) !== undefined;
  return {
    kind: output?.kind ?? "",
    placement: output?.placement ?? "",
    parties,
    hues: parties.map((party) => hues.get(party) ?? 0),
    bad,
    diff: diffOf(diff, to.step, to.port),
  };
}

function diffOf(diff: FlowDiff | undefined, step: string, port: string): WireData["diff"] {
  const found = diff?.steps.get(step);
  if (found === undefined) return undefined;
  if (found.kind !== "changed") return found.kind;
  return found.changes.some((change) => change.what === "wire" && change.name === port) ? "added" : undefined;
}

function sameWire(one: WireEdge, other: WireEdge): boolean {
  const same =
    one.source === other.source && one.sourceHandle === other.sourceHandle && one.data?.kind === other.data?.kind;
  const [mine, yours] = [one.data, other.data];
  return (
    same &&
    mine?.bad === yours?.bad &&
    mine?.diff === yours?.diff &&
    mine?.placement === yours?.placement &&
    mine?.hues.join() === yours?.hues.join() &&
    mine?.parties.join() === yours?.parties.join()
  );
}

/** Which inputs and outputs a wire belongs to, from its id. */
export function wireOf(doc: FlowDoc, id: string): Wire | undefined {
  const at = id.indexOf(":");
  const to = { step: id.slice(0, at), port: id.slice(at + 1) };
  const source = stepOf(doc, to.step)?.inputs?.[to.port];
  return source === undefined ? undefined : { from: refOf(source), to };
}
