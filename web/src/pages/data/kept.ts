/** What somebody typed and has not sent yet: kept while they look elsewhere, and over a reload. Never for secrets. */
import { useState } from "react";
import { useMe } from "../../core/session";

const PREFIX = "tacit:typed:";

function read<X>(name: string): X | undefined {
  try {
    const text = window.sessionStorage.getItem(PREFIX + name);
    return text === null ? undefined : (JSON.parse(text) as X);
  } catch {
    return undefined;
  }
}

function write(name: string, value: unknown): void {
  try {
    if (value === undefined) window.sessionStorage.removeItem(PREFIX + name);
    else window.sessionStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // no storage: it lives as long as the page
  }
}

/** As useState; `undefined` forgets it. `name` says whose it is: page, object. */
export function useKept<X>(name: string): [X | undefined, (value: X | undefined) => void] {
  const place = `${useMe().name}:${name}`;
  const [value, setValue] = useState(() => read<X>(place));
  const keep = (next: X | undefined): void => {
    write(place, next);
    setValue(next);
  };
  return [value, keep];
}
