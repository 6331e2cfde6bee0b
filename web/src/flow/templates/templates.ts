/** Ready-made flows: each a function from a few answers to a document. */
import { own } from "../../core/own";
import type { FlowDoc, FlowStep, Json, PartyKind } from "../document";

export interface Table {
  dataset: string;
  keys: string[];
  label?: string;
  /** Which of the label's two values counts as 1; "": still to be said; undefined: it is 0 and 1 already. */
  positive?: string;
  /** Only these are read; undefined: all. */
  columns?: string[];
}

export interface Answers {
  me: string;
  /** In the order of their seats. */
  partners: string[];
  dealer?: string;
  /** By party. */
  tables: Record<string, Table>;
  /** Under which a model is saved, or was. */
  model?: string;
}

export interface Template {
  id: TemplateId;
  /** How many partners bring data. */
  partners: { least: number; most: number };
  dealer: boolean;
  /** Whether the own dataset has a column that is predicted or grouped by. */
  label: "none" | "optional" | "needed";
  model: "none" | "new" | "saved";
  build(answers: Answers): FlowDoc;
}

export const TEMPLATE_IDS = ["blank", "psi", "psi_count", "statistics", "train", "score", "many"] as const;
export type TemplateId = (typeof TEMPLATE_IDS)[number];

const PAIR = { least: 1, most: 1 };

export const TEMPLATES: readonly Template[] = [
  { id: "blank", partners: { least: 0, most: 9 }, dealer: false, label: "none", model: "none", build: blank },
  { id: "psi", partners: PAIR, dealer: false, label: "none", model: "none", build: psi },
  { id: "psi_count", partners: PAIR, dealer: false, label: "none", model: "none", build: psiCount },
  { id: "statistics", partners: PAIR, dealer: true, label: "optional", model: "none", build: statistics },
  { id: "train", partners: PAIR, dealer: true, label: "needed", model: "new", build: train },
  { id: "score", partners: PAIR, dealer: true, label: "none", model: "saved", build: score },
  { id: "many", partners: { least: 2, most: 9 }, dealer: false, label: "none", model: "none", build: many },
];

export const templateNamed = (id: string | null | undefined): Template | undefined =>
  TEMPLATES.find((template) => template.id === id);

/** What an answer still lacks; undefined: the flow can be made. */
export type Lacking = "partners" | "dealer" | "dataset" | "keys" | "label" | "positive" | "model";

export function lacking(template: Template, answers: Answers): Lacking | undefined {
  const { partners, tables, me } = answers;
  if (partners.length < template.partners.least || partners.length > template.partners.most) return "partners";
  if (template.id === "blank") return undefined;
  if (template.dealer && answers.dealer === undefined) return "dealer";
  const all = [me, ...partners].map((party) => own(tables, party));
  if (all.some((table) => table === undefined || table.dataset === "")) return "dataset";
  if (all.some((table) => table?.keys.length === 0)) return "keys";
  if (template.label === "needed" && !tables[me]?.label) return "label";
  if (tables[me]?.positive === "") return "positive";
  return template.model !== "none" && !answers.model ? "model" : undefined;
}

function flow(name: string, answers: Answers, steps: FlowStep[], dealer = false): FlowDoc {
  const data = [answers.me, ...answers.partners].map((party): [string, PartyKind] => [party, "data"]);
  const notary: [string, PartyKind][] = dealer && answers.dealer !== undefined ? [[answers.dealer, "dealer"]] : [];
  return {
    tacit: "1",
    name,
    profile: dealer ? "2pc-dealer" : "2pc",
    parties: Object.fromEntries([...data, ...notary]),
    steps,
  };
}

function blank(answers: Answers): FlowDoc {
  return flow("flow", answers, [], answers.dealer !== undefined);
}

const rowsOf = (party: string): string => `${party.slice(0, 58)}_rows`;

function reading(party: string, table: Table | undefined): FlowStep {
  const { dataset = "", keys = [], label, positive, columns } = table ?? {};
  const params: Record<string, Json> = {
    dataset,
    ...(columns ? { columns } : {}),
    ...(keys.length > 0 ? { keys } : {}),
    ...(label ? { label } : {}),
    ...(label && positive ? { positive } : {}),
  };
  return { id: rowsOf(party), operator: "dataset.read", at: { owner: party }, inputs: {}, params };
}

function step(
  id: string,
  operator: string,
  at: FlowStep["at"],
  inputs: FlowStep["inputs"],
  params: Record<string, Json> = {},
): FlowStep {
  return { id, operator, at, inputs, params };
}

/** Two datasets and their match. */
function matched({ me, partners, tables }: Answers, params: Record<string, Json> = {}): FlowStep[] {
  const [partner = ""] = partners;
  const inputs = { receiver: `${rowsOf(me)}.table`, sender: `${rowsOf(partner)}.table` };
  return [
    reading(me, tables[me]),
    reading(partner, tables[partner]),
    step("match", "psi", { receiver: me, sender: partner }, inputs, params),
  ];
}

function psi(answers: Answers): FlowDoc {
  return flow("psi", answers, matched(answers));
}

function psiCount(answers: Answers): FlowDoc {
  return flow("psi-count", answers, matched(answers, { reveal: "count" }));
}

function statistics(answers: Answers): FlowDoc {
  const { me, partners, dealer = "", tables } = answers;
  const [partner = ""] = partners;
  const label = tables[me]?.label;
  const group: Record<string, Json> = label ? { group: { role: "first", column: label } } : {};
  const at = { first: me, second: partner, dealer };
  const steps = [...matched(answers), step("statistics", "stats.joint", at, { aligned: "match.aligned" }, group)];
  return flow("joint-statistics", answers, steps, true);
}

/** Match, split, prepare, train, test and save: the whole of a joint model. */
function train(answers: Answers): FlowDoc {
  const { me, partners, dealer = "", model = "joint-model" } = answers;
  const [partner = ""] = partners;
  const both = { first: me, second: partner };
  const sides = { label: me, feature: partner, dealer };
  return flow(
    model,
    answers,
    [
      ...matched(answers),
      step("split", "table.split", both, { aligned: "match.aligned" }, { seed: 1 }),
      step("prepare", "preprocess.fit", both, { aligned: "split.train" }),
      step("prepare_test", "preprocess.apply", both, { aligned: "split.test", transform: "prepare.transform" }),
      step("train", "logistic_regression.train", sides, { aligned: "prepare.aligned" }, { learning_rate: 0.3 }),
      step("predict", "logistic_regression.predict", sides, { aligned: "prepare_test.aligned", model: "train.model" }),
      step("evaluate", "evaluation.binary", { owner: me }, { scores: "predict.scores" }),
      step("save", "model.save", both, { model: "train.model", transform: "prepare.transform" }, { name: model }),
    ],
    true,
  );
}

function score(answers: Answers): FlowDoc {
  const { me, partners, dealer = "", model = "" } = answers;
  const [partner = ""] = partners;
  const both = { first: me, second: partner };
  return flow(
    "score-new-rows",
    answers,
    [
      ...matched(answers),
      step("saved", "model.load", both, {}, { name: model }),
      step("prepare", "preprocess.apply", both, { aligned: "match.aligned", transform: "saved.transform" }),
      step(
        "predict",
        "logistic_regression.predict",
        { label: me, feature: partner, dealer },
        { aligned: "prepare.aligned", model: "saved.model" },
      ),
    ],
    true,
  );
}

/** One leads, up to nine others take part. */
function many(answers: Answers): FlowDoc {
  const { me, partners, tables } = answers;
  const all = [me, ...partners];
  const roleOf = (place: number): string => (place === 0 ? "leader" : `member_${place + 1}`);
  const at = Object.fromEntries(all.map((party, place) => [roleOf(place), party]));
  const inputs = Object.fromEntries(all.map((party, place) => [roleOf(place), `${rowsOf(party)}.table`]));
  return flow("psi-many", answers, [
    ...all.map((party) => reading(party, tables[party])),
    step("match", "psi.many", at, inputs),
  ]);
}

/** A first guess of what identifies a row: columns that look like an id; those that both sides have first. */
export function likelyKeys(columns: readonly string[], others: readonly string[] = []): string[] {
  const looks = (name: string): boolean => /(^|_)(id|key|no|code|number|phone|mobile|email)$|id$/i.test(name);
  const common = columns.filter((name) => others.includes(name));
  const best = common.find(looks) ?? columns.find(looks) ?? common[0];
  return best === undefined ? [] : [best];
}
