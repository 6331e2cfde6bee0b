/** Partners that are away, slow, or of another time. */
import type { Peer, Ping } from "../../api/types";

export type PeerAnomaly =
  | { kind: "peer_away"; peer: string; since: string | null; code?: string }
  | { kind: "peer_slow"; peer: string; ms: number; usual: number }
  | { kind: "clock"; peer: string; seconds: number };

const CLOCK_S = 30;
const SLOW = 3;
const SLOW_AT_LEAST_MS = 200;

export function ofPeers(peers: Peer[], pings: ReadonlyMap<string, Ping>): PeerAnomaly[] {
  return peers
    .filter(({ state }) => state === "APPROVED")
    .flatMap(({ name, last_seen_at: since, answering }): PeerAnomaly[] => {
      const ping = pings.get(name);
      if (ping && !ping.reachable) return [{ kind: "peer_away", peer: name, since, code: ping.error?.code }];
      const seconds = Math.abs(ping?.clock_skew_s ?? 0);
      return [
        ...slowPeer(name, answering),
        ...(seconds > CLOCK_S ? [{ kind: "clock" as const, peer: name, seconds }] : []),
      ];
    });
}

function slowPeer(peer: string, answering: Peer["answering"]): PeerAnomaly[] {
  const { recent_ms: ms, usual_ms: usual } = answering ?? { recent_ms: 0, usual_ms: null };
  const far = usual !== null && ms > Math.max(SLOW * usual, usual + SLOW_AT_LEAST_MS);
  return far ? [{ kind: "peer_slow", peer, ms, usual }] : [];
}
