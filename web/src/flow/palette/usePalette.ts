/** The palette of the flow that is being edited. */
import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { keyOf as cacheKey, get } from "../../api/hooks";
import { useMe } from "../../core/session";
import { useFlow } from "../store";
import { type Divided, divided, keyOf } from "./shelves";

export interface Palette extends Divided {
  /** Parties that did not say what their nodes have. */
  silent: readonly string[];
}

const PATH = "/peers/{name}/operators";

export function usePalette(): Palette {
  const me = useMe();
  const specs = useFlow((state) => state.specs);
  const profile = useFlow((state) => state.doc.profile);
  const parties = useFlow((state) => state.doc.parties);
  const others = useMemo(
    () => Object.keys(parties).filter((party) => party !== me.node?.name),
    [parties, me.node?.name],
  );
  const answers = useQueries({
    queries: others.map((name) => ({
      queryKey: cacheKey(PATH, { path: { name } }),
      queryFn: ({ signal }: { signal: AbortSignal }) => get(PATH, { path: { name } }, signal),
      staleTime: 60_000,
      retry: false,
      enabled: me.can("peer.read"),
    })),
    combine: (results) => results.map((result) => result.data?.items),
  });
  return useMemo(() => {
    const installed = new Map(
      others.map((party, place) => {
        const items = answers[place];
        return [party, items && new Set(items.map(({ name, version }) => keyOf(name, version)))] as const;
      }),
    );
    const silent = others.filter((party) => installed.get(party) === undefined);
    return { ...divided(specs.values(), installed, profile), silent };
  }, [specs, profile, others, answers]);
}
