/** Days that a person chose, as times of the API. */
export interface Period {
  since: string;
  /** Inclusive. */
  until: string;
}

export function periodQuery({ since, until }: Period): { since?: string; until?: string } {
  const query: { since?: string; until?: string } = {};
  if (since !== "") query.since = new Date(`${since}T00:00:00`).toISOString();
  if (until !== "") {
    const end = new Date(`${until}T00:00:00`);
    end.setDate(end.getDate() + 1);
    query.until = end.toISOString();
  }
  return query;
}
