/** Problems of a flow as sentences, in both languages, with the names that people see. */
import type { FlowProblem, Operator } from "../../api/types";
import { useProblemText } from "../../core/problems";
import { type T, useW } from "../../core/texts";
import { fieldsOf, type JsonSchema } from "../../forms/schema";
import { forms } from "../../forms/texts";
import { faultsOf } from "../../forms/validate";
import { type FlowDoc, type Json, specOf, stepOf } from "../document";
import { sides } from "../sides/texts";
import { useFlow } from "../store";

export const SAID = [
  "bad_document",
  "bad_field",
  "bad_parameter",
  "cycle",
  "dealer_missing",
  "dealer_unexpected",
  "duplicate_key",
  "duplicate_step",
  "holder_mismatch",
  "missing_field",
  "missing_input",
  "missing_parameter",
  "missing_role",
  "output_not_filled",
  "party_kind",
  "placement_mismatch",
  "profile_unsupported",
  "same_party",
  "seat_mismatch",
  "size_unknown",
  "type_mismatch",
  "unknown_dataset",
  "unknown_field",
  "unknown_input",
  "unknown_operator",
  "unknown_output",
  "unknown_parameter",
  "unknown_party",
  "unknown_role",
  "unknown_step",
  "unknown_version",
] as const;
export type Said = (typeof SAID)[number];

const WORDS = [
  "table",
  "aligned",
  "transform",
  "model",
  "report",
  "one",
  "each",
  "shared",
  "public",
  "data",
  "dealer",
] as const;
type Word = (typeof WORDS)[number];
const isWord = (text: string): text is Word => (WORDS as readonly string[]).includes(text);
/** Codes whose found and expected are kinds and placements, which have names in both languages. */
const OF_WORDS = new Set(["type_mismatch", "placement_mismatch", "party_kind"]);

const saidOf = (code: string): Said | undefined => SAID.find((known) => `flow.${known}` === code);

/** A sentence for a problem; one that is not known here is told by its code and the node's own words. */
export function useProblemSentence(): (problem: FlowProblem) => string {
  const t = sides.useT();
  const told = useProblemText();
  const values = useValues();
  return (problem) => {
    const said = saidOf(problem.code);
    if (said === undefined) return told(problem).title;
    const empty = said === "bad_field" && emptyPlace(problem.path);
    return t(empty ? `say.${empty}` : `say.${said}`, values(problem, said));
  };
}

/** What is missing where a document has an empty place: no step, or a step without any party. */
export function emptyPlace(path: readonly (string | number)[]): "no_steps" | "no_seats" | undefined {
  if (path.length === 1 && path[0] === "steps") return "no_steps";
  return path.length === 3 && path[2] === "at" ? "no_seats" : undefined;
}

type Values = Record<string, string>;

function useValues(): (problem: FlowProblem, said: Said) => Values {
  const t = sides.useT();
  const ft = forms.useT();
  const w = useW();
  const doc = useFlow((state) => state.doc);
  const specs = useFlow((state) => state.specs);
  return (problem, said) => {
    const step = stepOf(doc, problem.step ?? stepAt(doc, problem.path) ?? "");
    const spec = specOf(specs, step);
    const word = (text: string | null): string => (OF_WORDS.has(said) ? worded(text ?? "", t) : (text ?? "–"));
    return {
      step: step?.id ?? problem.step ?? "–",
      operator: w(spec?.title) || step?.operator || "–",
      port: w(portOf(spec, problem.port)?.title) || problem.port || "–",
      role: w(spec?.roles.find((role) => role.name === problem.role)?.title) || problem.role || "–",
      param: titleOf(spec, problem.param, w),
      found: word(problem.found),
      expected: word(problem.expected),
      reason: reasonOf(problem, spec, step?.params, ft),
      field: problem.path.filter((part) => part !== "steps").join(" › ") || "–",
    };
  };
}

const portOf = (spec: Operator | undefined, name: string | null) => spec?.inputs.find((port) => port.name === name);

const worded = (text: string, t: T<`word.${Word}` | "or">): string =>
  text
    .split(" or ")
    .map((word) => (isWord(word) ? t(`word.${word}`) : word))
    .join(t("or"));

function titleOf(
  spec: Operator | undefined,
  path: string | null,
  w: (words: { zh: string; en: string } | undefined) => string,
): string {
  if (path === null) return "–";
  let fields = spec === undefined ? [] : fieldsOf(spec.params as JsonSchema);
  const names = path.split(".").flatMap((part) => {
    const field = fields.find((known) => known.name === part);
    fields = field?.fields ?? [];
    return field === undefined ? [part] : [w(field.title)];
  });
  return names.join(" › ");
}

/** What is wrong with a value: said by the form's own check where it sees it too, else by the node. */
function reasonOf(
  problem: FlowProblem,
  spec: Operator | undefined,
  params: Readonly<Record<string, Json>> | undefined,
  t: T<`fault.${ReturnType<typeof faultsOf>[number]["code"]}`>,
): string {
  const { param } = problem;
  if (spec !== undefined && param !== null) {
    const fault = faultsOf(spec.params as JsonSchema, params as Json).find(
      ({ path }) => path === param || path.startsWith(`${param}.`),
    );
    if (fault !== undefined) return t(`fault.${fault.code}`, fault.values);
  }
  return problem.expected === null ? problem.message : `${problem.expected}`;
}

function stepAt(doc: FlowDoc, path: readonly (string | number)[]): string | undefined {
  return path[0] === "steps" && typeof path[1] === "number" ? doc.steps[path[1]]?.id : undefined;
}

export interface Place {
  /** undefined: the flow as a whole. */
  step?: string;
  tab: "parameters" | "seats";
  /** `data-path` of the field. */
  path?: string;
}

/** Where a problem can be mended. */
export function placeOf(problem: FlowProblem, doc: FlowDoc): Place {
  const step = problem.step ?? stepAt(doc, problem.path);
  const known = step !== undefined && stepOf(doc, step) !== undefined ? step : undefined;
  if (known === undefined) return { tab: "parameters", path: pathOfFlow(problem) };
  if (problem.param !== null) return { step: known, tab: "parameters", path: `params.${problem.param}` };
  if (problem.port !== null) return { step: known, tab: "seats", path: `inputs.${problem.port}` };
  if (problem.role !== null) return { step: known, tab: "seats", path: `at.${problem.role}` };
  const part = problem.path[2];
  return { step: known, tab: part === "at" || part === "inputs" ? "seats" : "parameters" };
}

function pathOfFlow(problem: FlowProblem): string | undefined {
  const [first] = problem.path;
  return typeof first === "string" && ["name", "profile", "parties"].includes(first) ? first : undefined;
}
