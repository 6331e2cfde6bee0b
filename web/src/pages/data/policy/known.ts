/** Names that a policy can speak of. */
import { useGet } from "../../../api/hooks";
import { useMe } from "../../../core/session";
import { useW } from "../../../core/texts";

const LONG = { staleTime: 60_000 };

/** This node and its peers. */
export function usePartyNames(): string[] {
  const { can, node } = useMe();
  const peers = useGet("/peers", { query: { limit: 500 } }, { ...LONG, enabled: can("peer.read") }).data?.items ?? [];
  return [...(node === undefined ? [] : [node.name]), ...peers.map((one) => one.name)];
}

export interface Choice {
  value: string;
  label: string;
}

export function useOperatorChoices(): Choice[] {
  const w = useW();
  const known = useGet("/operators", { query: { limit: 1000 } }, { staleTime: 600_000 }).data?.items ?? [];
  return known.map((one) => ({ value: one.name, label: `${w(one.title)} (${one.name})` }));
}

/** Names, levels and classes that select columns. */
export function useColumnPatterns(dataset: string): string[] {
  const names =
    useGet("/datasets/{name}", { path: { name: dataset } }, LONG).data?.columns.map((one) => one.name) ?? [];
  const classes = useGet("/levels", undefined, { staleTime: 600_000 }).data?.classes.map((one) => `class:${one.klass}`);
  return [...names, "*", "level>=3", "level>=4", "level:5", ...(classes ?? [])];
}
