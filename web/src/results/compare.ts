/** What two reports of one kind have in common. */
import type { JobResult } from "../api/types";

const FIGURES = [
  "matched",
  "keys_used",
  "rows_out",
  "rows",
  "last_loss",
  "epochs",
  "auc",
  "ks",
  "gini",
  "average_precision",
  "log_loss",
  "brier",
] as const;
export type FigureKey = (typeof FIGURES)[number];

export interface Figure {
  key: FigureKey;
  a: number | null;
  b: number | null;
}

/** Steps that left a report in both jobs, in the order of the first. */
export function pairsOf(first: readonly JobResult[], second: readonly JobResult[]): { step: string; port: string }[] {
  const other = new Set(second.map(({ step, port }) => `${step}.${port}`));
  return first.filter(({ step, port }) => other.has(`${step}.${port}`)).map(({ step, port }) => ({ step, port }));
}

type Loose = Record<string, unknown>;
const isLoose = (thing: unknown): thing is Loose => typeof thing === "object" && thing !== null;

/** Nothing where the two are of different kinds. */
export function figuresOf(first: unknown, second: unknown): Figure[] {
  if (!isLoose(first) || !isLoose(second) || first.kind !== second.kind) return [];
  return FIGURES.flatMap((key) => {
    const [a, b] = [valueIn(first, key), valueIn(second, key)];
    return a === null && b === null ? [] : [{ key, a, b }];
  });
}

export interface Headline {
  key: FigureKey;
  value: number;
}
const ANSWERS: readonly FigureKey[] = ["auc", "matched", "last_loss", "rows"];

/** The figure of a report that answers what the job was for; nothing where it is not revealed to this side. */
export function headlineOf(document: unknown): Headline | undefined {
  if (!isLoose(document)) return undefined;
  const found = ANSWERS.map((key) => ({ key, value: valueIn(document, key) }));
  return found.find((one): one is Headline => one.value !== null);
}

function valueIn(document: Loose, key: FigureKey): number | null {
  const epochs = Array.isArray(document.epochs) ? document.epochs : undefined;
  if (key === "epochs") return epochs?.length ?? null;
  if (key === "last_loss") return numberOr((epochs?.at(-1) as Loose | undefined)?.loss);
  return numberOr(document[key]);
}

const numberOr = (value: unknown): number | null => (typeof value === "number" ? value : null);
