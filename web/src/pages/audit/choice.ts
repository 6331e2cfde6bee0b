/** Which entries a place of this page asks for: `/audit?subject=job:…&actor=…&act=…`. */
export interface Choice {
  subject?: string;
  actor?: string;
  /** Whole, or its area: "job". */
  act?: string;
}
const NAMES = ["subject", "actor", "act"] as const;

/** Undefined: the whole trail. */
export function choiceOf(query: URLSearchParams): Choice | undefined {
  const given = NAMES.flatMap((name) => {
    const value = query.get(name);
    return value ? [[name, value] as const] : [];
  });
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

export function placeOf(choice: Choice): string {
  const query = new URLSearchParams(NAMES.flatMap((name) => (choice[name] ? [[name, choice[name]]] : [])));
  return query.size === 0 ? "/audit" : `/audit?${query}`;
}
