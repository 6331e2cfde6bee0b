/** Where boxes stand: as the document says, and for those without a place, left to right along the wires. */
import dagre from "@dagrejs/dagre";
import { moveSteps } from "./commands";
import { type FlowDoc, type FlowStep, type Point, readersOf, refOf, type Specs, sourcesOf, specOf } from "./document";
import { BOX_WIDTH, boxHeight, shownPorts } from "./geometry";
import type { Command } from "./store";

export type Side = "left" | "centre" | "right" | "top" | "middle" | "bottom";
export type Axis = "across" | "down";
/** From so many boxes on the layout is made in a hurry. */
const MANY = 80;
interface Box extends Point {
  id: string;
  width: number;
  height: number;
}

export const GAP = { between: 36, ranks: 108 };

/** The place of every step. Steps without one are laid out by themselves, below the others. */
export function laidOut(doc: FlowDoc, specs: Specs): ReadonlyMap<string, Point> {
  const known = found.get(doc);
  if (known?.specs === specs) return known.places;
  const places = placed(doc, specs);
  found.set(doc, { specs, places });
  return places;
}

/** The document with a place for every step. */
export const settled = (doc: FlowDoc, specs: Specs): FlowDoc => moveSteps(laidOut(doc, specs))(doc);

const found = new WeakMap<FlowDoc, { specs: Specs; places: ReadonlyMap<string, Point> }>();

function placed(doc: FlowDoc, specs: Specs): Map<string, Point> {
  const places = new Map<string, Point>();
  const lost: FlowStep[] = [];
  for (const step of doc.steps) {
    const place = placeOf(step);
    if (place === undefined) lost.push(step);
    else places.set(step.id, place);
  }
  if (lost.length === 0) return places;
  const start = below(doc, specs, places);
  for (const [id, place] of ranked(lost, specs)) places.set(id, { x: place.x + start.x, y: place.y + start.y });
  return places;
}

/** Arranges the chosen steps anew, or all of them if none is chosen, keeping the corner where they stood. */
export function tidy(doc: FlowDoc, specs: Specs, chosen: readonly string[] = []): Command {
  const wanted = chosen.length > 1 ? doc.steps.filter((step) => chosen.includes(step.id)) : doc.steps;
  const present = laidOut(doc, specs);
  const corner = cornerOf(wanted.map((step) => present.get(step.id) ?? { x: 0, y: 0 }));
  const arranged = [...ranked(wanted, specs)].map(
    ([id, place]) => [id, { x: place.x + corner.x, y: place.y + corner.y }] as const,
  );
  return moveSteps(new Map(arranged));
}

/** Moves boxes to a common line. */
export function align(doc: FlowDoc, specs: Specs, chosen: readonly string[], side: Side): Command {
  const boxes = boxesOf(doc, specs, chosen);
  if (boxes.length < 2) return (same) => same;
  const [left, top] = [Math.min(...boxes.map((box) => box.x)), Math.min(...boxes.map((box) => box.y))];
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  const to: Record<Side, (box: Box) => Point> = {
    left: (box) => ({ x: left, y: box.y }),
    centre: (box) => ({ x: (left + right - box.width) / 2, y: box.y }),
    right: (box) => ({ x: right - box.width, y: box.y }),
    top: (box) => ({ x: box.x, y: top }),
    middle: (box) => ({ x: box.x, y: (top + bottom - box.height) / 2 }),
    bottom: (box) => ({ x: box.x, y: bottom - box.height }),
  };
  return moveSteps(new Map(boxes.map((box) => [box.id, to[side](box)])));
}

/** Makes the gaps between three or more boxes equal. */
export function distribute(doc: FlowDoc, specs: Specs, chosen: readonly string[], axis: Axis): Command {
  const boxes = boxesOf(doc, specs, chosen);
  const [at, long] = axis === "across" ? (["x", "width"] as const) : (["y", "height"] as const);
  boxes.sort((one, other) => one[at] - other[at]);
  const [first, last] = [boxes[0], boxes.at(-1)];
  if (boxes.length < 3 || first === undefined || last === undefined) return (same) => same;
  const filled = boxes.reduce((sum, box) => sum + box[long], 0);
  const gap = (last[at] + last[long] - first[at] - filled) / (boxes.length - 1);
  let next = first[at];
  const places = boxes.map((box) => {
    const place = { x: box.x, y: box.y, [at]: next };
    next += box[long] + gap;
    return [box.id, place] as const;
  });
  return moveSteps(new Map(places));
}

/** A free place for a new box: right of the given one, or below everything. */
export function freePlace(doc: FlowDoc, specs: Specs, after?: string): Point {
  const places = laidOut(doc, specs);
  const from = after === undefined ? undefined : places.get(after);
  if (from === undefined) return below(doc, specs, places);
  const wanted = { x: from.x + BOX_WIDTH + GAP.ranks, y: from.y };
  const boxes = boxesOf(doc, specs);
  const taken = (point: Point): Box | undefined =>
    boxes.find(
      (box) => Math.abs(box.x - point.x) < BOX_WIDTH && point.y < box.y + box.height + 20 && box.y < point.y + 150,
    );
  for (let hit = taken(wanted); hit !== undefined; hit = taken(wanted)) wanted.y = hit.y + hit.height + 24;
  return wanted;
}

/** The step that an arrow key leads to: along the wires to the sides, among those at about the same height up and down. */
export function neighbour(
  doc: FlowDoc,
  specs: Specs,
  id: string,
  way: "left" | "right" | "up" | "down",
): string | undefined {
  const places = laidOut(doc, specs);
  const here = places.get(id);
  if (here === undefined) return doc.steps[0]?.id;
  const others = doc.steps.filter((step) => step.id !== id).map((step) => step.id);
  const joined = way === "right" ? readersOf(doc, id) : way === "left" ? sourcesOf(doc, id) : [];
  const away = (other: string): Point => {
    const place = places.get(other) ?? here;
    return { x: place.x - here.x, y: place.y - here.y };
  };
  if (joined.length > 0) return nearest(joined, (other) => Math.abs(away(other).y));
  const ahead = { right: (d: Point) => d.x, left: (d: Point) => -d.x, down: (d: Point) => d.y, up: (d: Point) => -d.y }[
    way
  ];
  const aside = way === "left" || way === "right" ? (d: Point) => Math.abs(d.y) : (d: Point) => Math.abs(d.x);
  const open = others.filter((other) => ahead(away(other)) > 1);
  return nearest(open, (other) => ahead(away(other)) + 2 * aside(away(other)));
}

/** The boxes as rectangles. */
export function boxesOf(doc: FlowDoc, specs: Specs, chosen?: readonly string[]): Box[] {
  const places = laidOut(doc, specs);
  const wanted = chosen === undefined ? doc.steps : doc.steps.filter((step) => chosen.includes(step.id));
  return wanted.map((step) => ({ id: step.id, ...(places.get(step.id) ?? { x: 0, y: 0 }), ...sizeOf(step, specs) }));
}

export function placeOf(step: FlowStep): Point | undefined {
  const { x, y } = step.layout ?? {};
  return Number.isFinite(x) && Number.isFinite(y) ? { x: x as number, y: y as number } : undefined;
}

const sizeOf = (step: FlowStep, specs: Specs): { width: number; height: number } => ({
  width: BOX_WIDTH,
  height: boxHeight(shownPorts(step, specOf(specs, step))),
});

const nearest = (ids: readonly string[], cost: (id: string) => number): string | undefined =>
  ids.reduce<string | undefined>((best, id) => (best === undefined || cost(id) < cost(best) ? id : best), undefined);

const cornerOf = (points: readonly Point[]): Point => ({
  x: Math.min(...points.map((point) => point.x)),
  y: Math.min(...points.map((point) => point.y)),
});

function below(doc: FlowDoc, specs: Specs, places: ReadonlyMap<string, Point>): Point {
  const boxes = doc.steps.flatMap((step) => {
    const place = places.get(step.id);
    return place === undefined ? [] : [{ ...place, bottom: place.y + sizeOf(step, specs).height }];
  });
  if (boxes.length === 0) return { x: 0, y: 0 };
  return { x: cornerOf(boxes).x, y: Math.max(...boxes.map((box) => box.bottom)) + GAP.ranks };
}

/** Columns along the wires, corner at 0, 0. Cycles do no harm. */
function ranked(steps: readonly FlowStep[], specs: Specs): Map<string, Point> {
  const graph = new dagre.graphlib.Graph({ multigraph: false });
  graph.setGraph({ rankdir: "LR", nodesep: GAP.between, ranksep: GAP.ranks, ranker: "longest-path" });
  graph.setDefaultEdgeLabel(() => ({}));
  const ids = new Set(steps.map((step) => step.id));
  for (const step of steps) graph.setNode(step.id, sizeOf(step, specs));
  for (const step of steps) {
    for (const source of Object.values(step.inputs ?? {})) {
      const from = refOf(source).step;
      if (ids.has(from) && from !== step.id) graph.setEdge(from, step.id);
    }
  }
  dagre.layout(graph, { disableOptimalOrderHeuristic: steps.length > MANY });
  return new Map(
    steps.map((step) => {
      const node = graph.node(step.id) as { x: number; y: number; width: number; height: number };
      return [step.id, { x: Math.round(node.x - node.width / 2), y: Math.round(node.y - node.height / 2) }];
    }),
  );
}

/** Whether any box stands on another: such a picture wants arranging. */
export function overlapping(doc: FlowDoc, specs: Specs): boolean {
  const boxes = boxesOf(doc, specs).sort((one, other) => one.x - other.x);
  return boxes.some((box, place) => {
    for (let other = place + 1; other < boxes.length; other += 1) {
      const next = boxes[other];
      if (next === undefined || next.x >= box.x + box.width) return false;
      if (next.y < box.y + box.height && box.y < next.y + next.height) return true;
    }
    return false;
  });
}
