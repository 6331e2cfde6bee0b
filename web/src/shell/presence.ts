/** Whether the node is there. */
import { useEffect } from "react";
import { credentials } from "../api/credentials";
import { get } from "../api/hooks";
import { makeStore, useStore } from "../core/store";

/** How long an answer may take before the node is asked whether it is there at all. */
export const PATIENCE_MS = 5_000;
const PROBE_MS = 4_000;

/** Since when no request was answered. */
const away = makeStore<number | undefined>(undefined);
credentials.heard = (answers) => away.set(answers ? undefined : (away.get() ?? Date.now()));

export const useAway = (): number | undefined => useStore(away);

/** A node that accepts a question and says nothing is not there. */
export const isThere = (): Promise<boolean> =>
  get("/health", undefined, AbortSignal.timeout(PROBE_MS)).then(
    () => true,
    () => false,
  );

/** Asks, as long as something waits for an answer longer than it should. */
export function useDoubt(waits: boolean): void {
  useEffect(() => {
    if (!waits) return;
    const timer = window.setInterval(() => void isThere(), PATIENCE_MS);
    return () => window.clearInterval(timer);
  }, [waits]);
}
