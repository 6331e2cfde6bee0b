/** The place where somebody wanted to go, kept while they sign in at an identity provider on another site. */
import { useEffect } from "react";
import { go, pathNow, queryNow } from "../core/location";
import { sessionNow } from "../core/session";

const NAME = "tacit:wanted";
const NOWHERE = new Set(["/", "/sign-in"]);

function note(): void {
  const session = sessionNow();
  const isOut = session.state === "out" || (session.state === "in" && session.expired);
  if (!isOut || NOWHERE.has(pathNow())) return;
  const query = queryNow();
  keep(query.size === 0 ? pathNow() : `${pathNow()}?${query}`);
}

/** Once signed in: goes there, unless the address says another place. */
export function useWanted(): void {
  useEffect(() => {
    const wanted = kept();
    keep(undefined);
    if (wanted !== undefined && NOWHERE.has(pathNow())) go(wanted, { replace: true });
  }, []);
}

function kept(): string | undefined {
  try {
    return window.sessionStorage.getItem(NAME) ?? undefined;
  } catch {
    return undefined;
  }
}

function keep(place: string | undefined): void {
  try {
    if (place === undefined) window.sessionStorage.removeItem(NAME);
    else window.sessionStorage.setItem(NAME, place);
  } catch {
    // where storage is forbidden, one lands on the start page
  }
}

window.addEventListener("pagehide", note);
