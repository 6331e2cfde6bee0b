/** What differs between two versions of an agreement, term by term. */
import { bodyOf, type TermDraft } from "./terms";

export interface Difference {
  /** A path such as "datasets.alpha". */
  field: string;
  before: unknown;
  after: unknown;
}

/** As the node shows it between two offers, for terms that are not sent yet. */
export function differencesOf(before: TermDraft, after: TermDraft): Difference[] {
  const [old, fresh] = [flat(bodyOf(before)), flat(bodyOf(after))];
  const fields = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].sort();
  return fields
    .filter((field) => JSON.stringify(old[field]) !== JSON.stringify(fresh[field]))
    .map((field) => ({ field, before: old[field], after: fresh[field] }));
}

function flat(document: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(document).flatMap(([name, value]) => {
      if (name === "members") return (value as string[]).map((member) => [`members.${member}`, member]);
      if (value === null || typeof value !== "object" || Array.isArray(value)) return [[name, value]];
      return Object.entries(value).map(([key, part]) => [`${name}.${key}`, part]);
    }),
  );
}

/** Term and, behind the dot, whose. */
export function partsOf(field: string): { term: string; whose?: string } {
  const at = field.indexOf(".");
  if (at < 0) return { term: field };
  const [term, whose] = [field.slice(0, at), field.slice(at + 1)];
  return term === "limits" ? { term: field } : { term, whose };
}

export const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.map((each) => (typeof each === "string" ? each : JSON.stringify(each))) : [];

/** What a list lost and gained. */
export function listChange(before: unknown, after: unknown): { gone: string[]; added: string[] } {
  const [old, fresh] = [textsOf(before), textsOf(after)];
  return { gone: old.filter((each) => !fresh.includes(each)), added: fresh.filter((each) => !old.includes(each)) };
}
