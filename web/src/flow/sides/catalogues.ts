/** The datasets of the parties of a flow, as far as this node may see them. */
import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { get, keyOf, useGet } from "../../api/hooks";
import { useMe } from "../../core/session";
import type { DatasetOption, ModelOption } from "../../forms/context";
import type { Catalogues } from "../columns";
import { useFlow } from "../store";

const FRESH_MS = 60_000;

export interface Known {
  /** undefined: that catalogue cannot be read just now. */
  datasets(party: string): DatasetOption[] | undefined;
  catalogues: Catalogues;
  models: ModelOption[];
}

export function useKnown(): Known {
  const me = useMe();
  const parties = useFlow((state) => state.doc.parties);
  const others = useMemo(() => othersOf(parties, me.node?.name), [parties, me.node]);
  const own = useOwnDatasets();
  const theirs = useTheirDatasets(me.can("peer.explore") ? others : []);
  const models = useModels();
  return useMemo(() => {
    const found = new Map(theirs.map(([party, list]) => [party, list]));
    if (own !== undefined && me.node !== undefined) found.set(me.node.name, own);
    return { datasets: (party) => found.get(party), catalogues: asCatalogues(found), models };
  }, [own, theirs, models, me.node]);
}

function othersOf(parties: Readonly<Record<string, string>>, me: string | undefined): string[] {
  return Object.keys(parties).filter((party) => parties[party] === "data" && party !== me);
}

function useOwnDatasets(): DatasetOption[] | undefined {
  const me = useMe();
  const { data } = useGet("/datasets", undefined, { enabled: me.can("dataset.read"), staleTime: FRESH_MS });
  return data?.items;
}

/** Peers that are away give nothing; their datasets are then typed. */
export function useTheirDatasets(peers: readonly string[]): [string, DatasetOption[]][] {
  return useQueries({
    queries: peers.map((peer) => ({
      queryKey: keyOf("/peers/{name}/datasets", { path: { name: peer } }),
      queryFn: ({ signal }: { signal: AbortSignal }) => get("/peers/{name}/datasets", { path: { name: peer } }, signal),
      staleTime: FRESH_MS,
      retry: false,
    })),
    combine: (results) =>
      results.flatMap(({ data }, place): [string, DatasetOption[]][] =>
        data === undefined ? [] : [[peers[place] ?? "", data.items]],
      ),
  });
}

function useModels(): ModelOption[] {
  const me = useMe();
  const { data } = useQuery({
    queryKey: keyOf("/models"),
    queryFn: ({ signal }) => get("/models", undefined, signal),
    enabled: me.can("model.read"),
    staleTime: FRESH_MS,
  });
  return useMemo(
    () =>
      (data?.items ?? []).map(({ name, versions }) => ({
        name,
        versions: versions.map(({ version }) => version).reverse(),
      })),
    [data],
  );
}

function asCatalogues(found: Map<string, DatasetOption[]>): Catalogues {
  return new Map(
    [...found].map(([party, list]) => [party, new Map(list.map((dataset) => [dataset.name, dataset.columns]))]),
  );
}
