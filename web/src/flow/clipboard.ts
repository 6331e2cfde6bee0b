/** Steps as text, so that they can be copied between flows, tabs and people. */
import { freeId, rewired } from "./commands";
import { type FlowDoc, type FlowStep, type Point, refOf, type Specs, stepOf, textOf } from "./document";
import { fits } from "./fits";
import type { Command } from "./store";

const MARK = "tacit-steps";
const LONGEST = 1 << 20;

export function copied(doc: FlowDoc, ids: readonly string[]): string {
  const chosen = new Set(ids);
  return JSON.stringify({ [MARK]: doc.steps.filter((step) => chosen.has(step.id)) }, null, 1);
}

/** The steps in a text that `copied` made; undefined if it is anything else. */
export function stepsIn(text: string): FlowStep[] | undefined {
  if (text.length > LONGEST || !text.includes(MARK)) return undefined;
  try {
    const steps: unknown = JSON.parse(text)[MARK];
    return Array.isArray(steps) && steps.length > 0 && steps.every(isStep) ? steps : undefined;
  } catch {
    return undefined;
  }
}

const isText = (value: unknown): boolean => typeof value === "string";
const isMap = (value: unknown, of: (inner: unknown) => boolean): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(of);

function isStep(value: unknown): value is FlowStep {
  if (!isMap(value, () => true)) return false;
  const { id, operator, at, inputs = {}, params = {} } = value as Record<string, unknown>;
  return isText(id) && isText(operator) && isMap(at, isText) && isMap(inputs, isText) && isMap(params, () => true);
}

/** New ids for steps that come into a document, by their old ones. */
export function freshIds(doc: FlowDoc, steps: readonly FlowStep[]): Map<string, string> {
  const ids = new Map<string, string>();
  for (const step of steps) ids.set(step.id, freeId(doc, step.id, ids.values()));
  return ids;
}

/** Appends the steps under new ids. Wires among them are kept; those from outside only where the output is here and fits. */
export const paste =
  (steps: readonly FlowStep[], ids: ReadonlyMap<string, string>, specs: Specs, by: Point): Command =>
  (doc) => {
    const known = new Set(Object.keys(doc.parties));
    const made = steps.map((step) => ({
      ...rewired(step, (source) => {
        const ref = refOf(source);
        const inner = ids.get(ref.step);
        if (inner !== undefined) return textOf({ ...ref, step: inner });
        return stepOf(doc, ref.step) === undefined ? undefined : source;
      }),
      id: ids.get(step.id) ?? step.id,
      at: Object.fromEntries(Object.entries(step.at).filter(([, party]) => known.has(party))),
      ...(step.layout === undefined
        ? {}
        : { layout: { ...step.layout, x: (step.layout.x ?? 0) + by.x, y: (step.layout.y ?? 0) + by.y } }),
    }));
    return kept({ ...doc, steps: [...doc.steps, ...made] }, new Set(doc.steps.map((step) => step.id)), specs);
  };

export const duplicate = (
  doc: FlowDoc,
  chosen: readonly string[],
  specs: Specs,
): { command: Command; ids: string[] } => {
  const steps = doc.steps.filter((step) => chosen.includes(step.id));
  const ids = freshIds(doc, steps);
  return { command: paste(steps, ids, specs, { x: 40, y: 40 }), ids: [...ids.values()] };
};

/** The document without the new steps' outer wires that do not fit. */
function kept(doc: FlowDoc, before: ReadonlySet<string>, specs: Specs): FlowDoc {
  const steps = doc.steps.map((step) =>
    before.has(step.id)
      ? step
      : rewired(step, (source, port) => {
          const from = refOf(source);
          const outer = before.has(from.step);
          return !outer || fits(doc, specs, from, { step: step.id, port }).ok ? source : undefined;
        }),
  );
  return { ...doc, steps };
}
