/** Figures of reports that this person has seen here, so that no page need read the reports again. */
import { recall, remember } from "../core/remembered";
import type { Headline } from "./compare";

const MOST = 12;
type Kept = [job: string, headline: Headline | null][];

const nameOf = (person: string): string => `headlines of ${person}`;

function kept(person: string): Kept {
  try {
    const found: unknown = JSON.parse(recall(nameOf(person)) ?? "[]");
    return Array.isArray(found) ? (found as Kept) : [];
  } catch {
    return [];
  }
}

/** null: the job has none here; undefined: not known yet. */
export const keptHeadline = (person: string, job: string): Headline | null | undefined =>
  kept(person).find(([id]) => id === job)?.[1];

export function keepHeadline(person: string, job: string, headline: Headline | null): Headline | null {
  const others = kept(person).filter(([id]) => id !== job);
  remember(nameOf(person), JSON.stringify([[job, headline], ...others].slice(0, MOST)));
  return headline;
}
