/** Days that a person chose, as times of the API. */
import { startOf } from "../../dates/days";
export interface Period {
  since: string;
  /** Inclusive. */
  until: string;
}

export function periodQuery({ since, until }: Period): { since?: string; until?: string } {
  const query: { since?: string; until?: string } = {};
  const begin = startOf(since);
  if (begin !== null) query.since = begin;
  if (until !== "") {
    const end = new Date(`${until}T00:00:00`);
    end.setDate(end.getDate() + 1);
    query.until = end.toISOString();
  }
  return query;
}
