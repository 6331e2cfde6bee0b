/** What differs between two flows in their meaning: places of boxes and titles do not count, the order of the steps does. */
import { own } from "../core/own";
import { defaultsOf, filled } from "./defaults";
import { type FlowDoc, type FlowStep, type Json, type Specs, specOf } from "./document";

export interface Change {
  what: "operator" | "version" | "seat" | "wire" | "param";
  /** Role, input port or parameter. */
  name: string;
  before?: Json;
  after?: Json;
  /** Of a parameter: what it is where nothing is said, if the operator is known. */
  default?: Json;
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
  /** Whether both have the same meaning. */
  same: boolean;
  /** One writes out a default value where the other says nothing: the hash differs, the meaning does not. */
  spelled: boolean;
  steps: ReadonlyMap<string, StepDiff>;
  parties: readonly PartyDiff[];
  name?: { before: string; after: string };
  profile?: { before: string; after: string };
  /** The steps that both have stand in another order: nothing runs otherwise, but it is another document. */
  reordered: boolean;
}

const UNKNOWN: Specs = new Map();

/** With `specs`, a parameter that is left out counts as its default. */
export function diffFlows(before: FlowDoc, after: FlowDoc, specs: Specs = UNKNOWN): FlowDiff {
  const steps = stepDiffs(before, after, specs);
  const parties = partyDiffs(before, after);
  const name = changed(before.name, after.name);
  const profile = changed(before.profile, after.profile);
  const reordered = orderDiffers(before, after, steps);
  const same = steps.size === 0 && parties.length === 0 && !name && !profile && !reordered;
  const spelled = stepDiffs(before, after, UNKNOWN).size > steps.size;
  return { same, spelled, steps, parties, name, profile, reordered };
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

function stepDiffs(before: FlowDoc, after: FlowDoc, specs: Specs): Map<string, StepDiff> {
  const old = new Map(before.steps.map((step) => [step.id, step]));
  const fresh = new Set(after.steps.map((step) => step.id));
  const found = new Map<string, StepDiff>();
  for (const step of after.steps) {
    const was = old.get(step.id);
    const changes = was === undefined ? [] : changesOf(was, step, specs);
    if (was === undefined) found.set(step.id, { kind: "added", step, changes });
    else if (changes.length > 0) found.set(step.id, { kind: "changed", step, changes });
  }
  for (const step of before.steps) if (!fresh.has(step.id)) found.set(step.id, { kind: "removed", step, changes: [] });
  return found;
}

function changesOf(before: FlowStep, after: FlowStep, specs: Specs): Change[] {
  return [
    ...entries("operator", { operator: before.operator }, { operator: after.operator }),
    ...entries("version", { version: before.version }, { version: after.version }),
    ...entries("seat", before.at, after.at),
    ...entries("wire", before.inputs ?? {}, after.inputs ?? {}),
    ...paramChanges(before, after, specs),
  ];
}

/** Another operator has other parameters: then nothing is known of what was left out. */
function paramChanges(before: FlowStep, after: FlowStep, specs: Specs): Change[] {
  const defaults = before.operator === after.operator ? defaultsOf(specOf(specs, after)) : {};
  const all = (step: FlowStep): Values => filled(step.params ?? {}, defaults);
  return entries("param", all(before), all(after)).map((change) => {
    const usual = own(defaults, change.name);
    return usual === undefined ? change : { ...change, default: usual };
  });
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
    const [was, is] = [own(before.parties, party), own(after.parties, party)];
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
