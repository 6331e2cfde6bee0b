/** Which columns a step can name: those that reach it, followed back along the wires to the datasets. */
import { type FlowDoc, type FlowStep, type Json, refOf, type Specs, specOf, stepOf } from "./document";

export interface KnownColumn {
  name: string;
  /** As the catalogue says: integer, number, text…; undefined where a step made the column. */
  type?: string;
}
/** Party -> dataset -> its columns, as far as they are known here. */
export type Catalogues = ReadonlyMap<string, ReadonlyMap<string, readonly KnownColumn[]>>;

/** The columns that the party on `role` can name at a step; undefined where they are not known here. */
export function columnsOf(
  doc: FlowDoc,
  specs: Specs,
  catalogues: Catalogues,
  id: string,
  role: string,
): KnownColumn[] | undefined {
  const step = stepOf(doc, id);
  const party = step?.at[role];
  if (step === undefined || party === undefined) return undefined;
  if (step.operator === "dataset.read") return listed(step, party, catalogues);
  return joined(
    arriving(step, specs, role).map((source) => outOf(doc, specs, catalogues, source, party, new Set([id]))),
  );
}

/** The sources of the inputs that a role holds. */
function arriving(step: FlowStep, specs: Specs, role: string): string[] {
  const inputs = specOf(specs, step)?.inputs ?? [];
  return inputs
    .filter((port) => port.holders.includes(role) && ["table", "aligned"].includes(port.kind))
    .flatMap((port) => step.inputs?.[port.name] ?? []);
}

function outOf(
  doc: FlowDoc,
  specs: Specs,
  catalogues: Catalogues,
  source: string,
  party: string,
  seen: ReadonlySet<string>,
): KnownColumn[] | undefined {
  const step = stepOf(doc, refOf(source).step);
  if (step === undefined || seen.has(step.id)) return undefined;
  if (step.operator === "dataset.read") return step.at.owner === party ? read(step, party, catalogues) : undefined;
  const role = Object.entries(step.at).find(([, who]) => who === party)?.[0];
  if (role === undefined) return undefined;
  const next = new Set([...seen, step.id]);
  const found = joined(arriving(step, specs, role).map((one) => outOf(doc, specs, catalogues, one, party, next)));
  const scores = step.operator === "logistic_regression.predict" && refOf(source).port === "scores";
  return scores ? [...(found ?? []), { name: "score", type: "number" }] : found;
}

/** All columns of the dataset that a reading step names. */
function listed(step: FlowStep, party: string, catalogues: Catalogues): KnownColumn[] | undefined {
  const dataset = step.params?.dataset;
  const found = typeof dataset === "string" ? catalogues.get(party)?.get(dataset) : undefined;
  return found === undefined ? undefined : [...found];
}

/** What comes out of a reading step: the columns that it names, or all. */
function read(step: FlowStep, party: string, catalogues: Catalogues): KnownColumn[] | undefined {
  const all = listed(step, party, catalogues);
  const { columns, keys, label } = step.params ?? {};
  const chosen = texts(columns);
  if (chosen === undefined) return all;
  const names = new Set([...chosen, ...(texts(keys) ?? []), ...(typeof label === "string" ? [label] : [])]);
  return [...names].map((name) => all?.find((column) => column.name === name) ?? { name });
}

function joined(lists: readonly (KnownColumn[] | undefined)[]): KnownColumn[] | undefined {
  const known = lists.filter((list) => list !== undefined);
  if (known.length === 0) return undefined;
  return [...new Map(known.flat().map((column) => [column.name, column])).values()];
}

const texts = (value: Json | undefined): string[] | undefined =>
  Array.isArray(value) && value.length > 0 ? value.filter((one) => typeof one === "string") : undefined;
