/** Many requests of the same kind from the same partner are one line. */
import type { InboxItem } from "../../api/types";

export interface Bundle {
  /** The partner's name. */
  peer: string;
  items: InboxItem[];
}
const FEW = 3;

/** The partner behind an item; undefined: a person of this node. */
export function peerOf(item: InboxItem): string | undefined {
  return item.requested_by.startsWith("peer:") ? item.requested_by.slice("peer:".length) : undefined;
}

/** Requests for grants bundled by partner where there are at least three, and everything else, in the given order. */
export function bundled(items: InboxItem[]): (InboxItem | Bundle)[] {
  const grants = new Map<string, InboxItem[]>();
  for (const item of items) {
    const peer = peerOf(item);
    if (item.kind === "grant" && peer !== undefined) grants.set(peer, [...(grants.get(peer) ?? []), item]);
  }
  const shown: (InboxItem | Bundle)[] = [];
  for (const item of items) {
    const peer = peerOf(item) ?? "";
    const together = item.kind === "grant" ? (grants.get(peer) ?? []) : [];
    if (together.length < FEW) shown.push(item);
    else if (together[0] === item) shown.push({ peer, items: together });
  }
  return shown;
}
