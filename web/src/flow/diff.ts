/** What differs between two flows in their meaning: places of boxes and titles do not count, the order of the steps does. */
import type { FlowDoc, FlowStep, Json } from "./document";

export interface Change {
  what: "operator" | "version" | "seat" | "wire" | "param";
  /** Role, input port or parameter. */
  name: string;
  before?: Json;
  after?: Json;
}
export interface StepDiff {
  kind: "added" | "removed" | "changed";
  /** The step as it is now; of a removed one, as it was. */
  step: FlowStep;
  changes: readonly Change[];
}
export interface PartyDiff {
  party: string;
  before?: string;
  after?: string;
}
export interface FlowDiff {
  /** Whether both have the same meaning, and so the same hash. */
  same: boolean;
  steps: ReadonlyMap<string, StepDiff>;
  parties: readonly PartyDiff[];
  name?: { before: string; after: string };
  profile?: { before: string; after: string };
  /** The steps that both have stand in another order: nothing runs otherwise, but it is another document. */
  reordered: boolean;
}

export function diffFlows(before: FlowDoc, after: FlowDoc): FlowDiff {
  const steps = stepDiffs(before, after);
  const parties = partyDiffs(before, after);
  const name = changed(before.name, after.name);
  const profile = changed(before.profile, after.profile);
  const reordered = orderDiffers(before, after, steps);
  const same = steps.size === 0 && parties.length === 0 && !name && !profile && !reordered;
  return { same, steps, parties, name, profile, reordered };
}

/** Whether two JSON values are the same, whatever the order of their names. */
export function equal(one: Json | undefined, other: Json | undefined): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object" || !one || !other) return one === other;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [mine, yours] = [one as Record<string, Json>, other as Record<string, Json>];
  const names = Object.keys(mine);
  return (
    names.length === Object.keys(yours).length && names.every((name) => name in yours && equal(mine[name], yours[name]))
  );
}

function stepDiffs(before: FlowDoc, after: FlowDoc): Map<string, StepDiff> {
  const old = new Map(before.steps.map((step) => [step.id, step]));
  const fresh = new Set(after.steps.map((step) => step.id));
  const found = new Map<string, StepDiff>();
  for (const step of after.steps) {
    const was = old.get(step.id);
    const changes = was === undefined ? [] : changesOf(was, step);
    if (was === undefined) found.set(step.id, { kind: "added", step, changes });
    else if (changes.length > 0) found.set(step.id, { kind: "changed", step, changes });
  }
  for (const step of before.steps) if (!fresh.has(step.id)) found.set(step.id, { kind: "removed", step, changes: [] });
  return found;
}

function changesOf(before: FlowStep, after: FlowStep): Change[] {
  return [
    ...entries("operator", { operator: before.operator }, { operator: after.operator }),
    ...entries("version", { version: before.version }, { version: after.version }),
    ...entries("seat", before.at, after.at),
    ...entries("wire", before.inputs ?? {}, after.inputs ?? {}),
    ...entries("param", before.params ?? {}, after.params ?? {}),
  ];
}

type Values = Readonly<Record<string, Json | undefined>>;

function entries(what: Change["what"], before: Values, after: Values): Change[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) =>
    equal(before[name], after[name]) ? [] : [{ what, name, before: before[name], after: after[name] }],
  );
}

function partyDiffs(before: FlowDoc, after: FlowDoc): PartyDiff[] {
  const names = new Set([...Object.keys(before.parties), ...Object.keys(after.parties)]);
  return [...names].flatMap((party) => {
    const [was, is] = [before.parties[party], after.parties[party]];
    return was === is ? [] : [{ party, before: was, after: is }];
  });
}

function orderDiffers(before: FlowDoc, after: FlowDoc, steps: ReadonlyMap<string, StepDiff>): boolean {
  const common = (doc: FlowDoc): string[] =>
    doc.steps.map((step) => step.id).filter((id) => !["added", "removed"].includes(steps.get(id)?.kind ?? ""));
  const fresh = common(after);
  return common(before).some((id, place) => id !== fresh[place]);
}

const changed = (before: string, after: string): { before: string; after: string } | undefined =>
  before === after ? undefined : { before, after };
