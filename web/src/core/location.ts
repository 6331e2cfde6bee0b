/** The place in the console is what stands behind `#`: a path and, behind `?`, a query. No server sees it. */
import { useSyncExternalStore } from "react";

const parts = (): [string, string] => {
  const hash = window.location.hash.replace(/^#?\/?/, "/");
  const at = hash.indexOf("?");
  return at < 0 ? [hash, ""] : [hash.slice(0, at), hash.slice(at + 1)];
};

function subscribe(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}

/** Goes to a place such as `/jobs/j-1?tab=log`. */
export function go(place: string, options: { replace?: boolean } = {}): void {
  const old = window.location.href;
  const url = `#${place.replace(/^#?\/?/, "/")}`;
  if (options.replace === true) window.history.replaceState(null, "", url);
  else window.history.pushState(null, "", url);
  window.dispatchEvent(new HashChangeEvent("hashchange", { oldURL: old, newURL: window.location.href }));
}

export const pathNow = (): string => parts()[0];
export const queryNow = (): URLSearchParams => new URLSearchParams(parts()[1]);

/** For wouter. */
export const usePath: { (): [string, typeof go]; hrefs: (href: string) => string } = Object.assign(
  (): [string, typeof go] => [useSyncExternalStore(subscribe, pathNow), go],
  { hrefs: (href: string) => `#${href}` },
);
export const useSearchText = (): string => useSyncExternalStore(subscribe, () => parts()[1]);

/** The query of the place, and a function that changes some of it (undefined or "" removes) without a new history entry. */
export function useQueryPart(): [URLSearchParams, (changes: Record<string, string | undefined>) => void] {
  const query = new URLSearchParams(useSearchText());
  const change = (changes: Record<string, string | undefined>): void => {
    const next = queryNow();
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined || value === "") next.delete(name);
      else next.set(name, value);
    }
    const text = next.toString();
    go(text === "" ? pathNow() : `${pathNow()}?${text}`, { replace: true });
  };
  return [query, change];
}
