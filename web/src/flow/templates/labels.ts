/** Which columns can be predicted, and which of their values counts as 1. */
import type { Glance } from "../../api/types";
import type { ColumnOption } from "../../forms/context";
import positive from "./positive.json";
import type { Table, Template } from "./templates";

/** What a sample shows of a column's values. */
export interface Look {
  /** Two different values, as far as the sample shows. */
  two: boolean;
  /** Those of them that enough rows have. */
  values: string[];
}

const MOST = 0.9; // of the rows: whoever has two values often may have a rare third, which the run will find

export function looksOf(glance: Glance | undefined): Map<string, Look> {
  return new Map((glance?.columns ?? []).map((column) => [column.name, lookOf(column, glance?.sample_rows ?? 0)]));
}

function lookOf(column: Glance["columns"][number], rows: number): Look {
  const { distinct_estimated: distinct, null_share: missing, top } = column;
  const seen = top.reduce((sum, { count }) => sum + Number(count), 0);
  const often = top.length > 0 && top.length <= 2 && seen >= MOST * rows * (1 - missing);
  return { two: distinct === 2 || (distinct > 2 && often), values: top.map(({ value }) => String(value)) };
}

export interface Label {
  name: string;
  fits: boolean;
  /** It has to be said which value counts as 1. */
  asks: boolean;
  values: string[];
}

/** Columns that may be predicted or grouped by; a prediction is of two values only. */
export function labelsOf(
  columns: readonly ColumnOption[],
  { keys }: Pick<Table, "keys">,
  { label }: Pick<Template, "label">,
  looks: ReadonlyMap<string, Look>,
): Label[] {
  return columns
    .filter(({ name }) => !keys.includes(name))
    .map(({ name, type }) => {
      const look = looks.get(name);
      const fits = label !== "needed" || look === undefined || look.two;
      return { name, fits, asks: label === "needed" && fits && asks(type, look), values: look?.values ?? [] };
    });
}

function asks(type: string | undefined, look: Look | undefined): boolean {
  if (type === "text") return true;
  if (type === "boolean" || look === undefined) return false;
  return look.values.some((value) => value !== "0" && value !== "1");
}

const LIKELY = new Set(positive);

/** The value of an event, where that is plain; else nothing, for a person to say. */
export function likelyPositive({ asks, values }: Label): string | undefined {
  return asks ? (values.find((value) => LIKELY.has(value.toLowerCase())) ?? "") : undefined;
}
