/** Parts of a flow that can run by themselves. */
import { type FlowDoc, reached, readersOf, sourcesOf } from "./document";

/** `to`: a step with all that it needs. `one`: the same, asked for the sake of that step. `from`: a step with all that follow. */
export type SliceMode = "to" | "from" | "one";

export function slice(doc: FlowDoc, step: string, mode: SliceMode): FlowDoc {
  const kept = sliced(doc, [step], mode);
  return { ...doc, name: nameOf(doc.name, step, mode), steps: doc.steps.filter((one) => kept.has(one.id)) };
}

/** The ids of the steps that would run. */
export function sliced(doc: FlowDoc, steps: readonly string[], mode: SliceMode): Set<string> {
  const wanted = mode === "from" ? reached(steps, (id) => readersOf(doc, id)) : steps;
  return reached(wanted, (id) => sourcesOf(doc, id));
}

const LONGEST = 63;

function nameOf(flow: string, step: string, mode: SliceMode): string {
  const end = `-${mode === "from" ? "from" : "to"}-${step}`.slice(0, LONGEST - 1);
  return flow.slice(0, LONGEST - end.length) + end;
}
