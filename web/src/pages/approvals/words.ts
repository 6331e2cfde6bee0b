/** Pure: what the inbox says, taken apart for showing. */
import type { FlowStep } from "../../core/receipt";

export interface Said {
  /** What stands before the colon: a party, or a word such as "Purpose". */
  head?: string;
  text: string;
}

/** The lines of a summary: "lab: the size of the intersection" becomes head and text. */
export function saidOf(summary: string): Said[] {
  return summary
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const found = /^([^:：]{1,80})[:：]\s*(.*)$/.exec(line);
      return found?.[1] === undefined ? { text: line } : { head: found[1], text: found[2] ?? "" };
    });
}

/** What a party reads in a flow: dataset -> what stands in the step. */
export interface Reading {
  step: string;
  dataset: string;
  /** undefined: all columns. */
  columns?: string[];
  keys: string[];
  label?: string;
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === "string") : typeof value === "string" ? [value] : [];

/** The steps in which `party` reads a dataset of its own. */
export function readingsOf(steps: readonly FlowStep[], party: string): Reading[] {
  return steps
    .filter((step) => step.operator === "dataset.read" && step.at.owner === party)
    .map(({ id, params = {} }) => {
      const columns = params.columns === undefined ? undefined : texts(params.columns);
      const [label] = texts(params.label);
      return { step: id, dataset: `${params.dataset ?? ""}`, columns, keys: texts(params.keys), label };
    });
}

/** Columns that are read, keys and label included; undefined: all. */
export function columnsRead(reading: Reading): Set<string> | undefined {
  if (reading.columns === undefined) return undefined;
  return new Set([...reading.columns, ...reading.keys, ...(reading.label === undefined ? [] : [reading.label])]);
}

/** As the node selects by a glob pattern: * and ?, [a-c], case counts. */
export function fits(pattern: string, name: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".")
    .replace(/\[!/g, "[^");
  try {
    return new RegExp(`^${source}$`, "su").test(name);
  } catch {
    return pattern === name;
  }
}

export type Show = "mine" | "open" | "decided";
export const SHOWS: readonly Show[] = ["mine", "open", "decided"];

export const KINDS = ["job", "agreement", "grant", "flow", "result", "downgrade", "policy", "peer", "model"] as const;
export type KindName = (typeof KINDS)[number];
export const kindOf = (text: string | null): KindName | undefined => KINDS.find((kind) => kind === text);
