/** The fingerprints that this node has pinned, by party, its own included. */
import { usePages } from "../../api/hooks";
import type { Keys } from "../../core/receipt";
import { useMe } from "../../core/session";

export function usePinned(): Keys {
  const me = useMe();
  const peers = usePages("/peers", { query: { limit: 500 } }, { enabled: me.can("peer.read") }).items;
  const own = me.node === undefined ? [] : [[me.node.name, me.node.fingerprint] as const];
  return Object.fromEntries([...peers.map((peer) => [peer.name, peer.fingerprint] as const), ...own]);
}
