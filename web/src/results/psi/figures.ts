/** The numbers of a match: which rows went where, and how large the common part is. */
import type { PsiReport } from "../documents";

export interface Fate {
  key: "read" | "without_key" | "rejected" | "repeated" | "used" | "matched";
  count: number;
  /** Where the bar begins: what is lost hangs from what was left before. */
  from: number;
  lost: boolean;
}
export interface Reconciled {
  fates: Fate[];
  /** Rows read that are neither used nor left out; not 0 means that the report does not add up. */
  gap: number;
}

export function reconcile(report: PsiReport): Reconciled {
  const { rows_read, rows_without_key, rows_rejected, rows_with_repeated_key, keys_used, matched } = report;
  let left = rows_read;
  const lose = (key: Fate["key"], count: number): Fate => {
    left -= count;
    return { key, count, from: Math.max(0, left), lost: true };
  };
  const fates: Fate[] = [{ key: "read", count: rows_read, from: 0, lost: false }];
  fates.push(lose("without_key", rows_without_key), lose("rejected", rows_rejected));
  fates.push(lose("repeated", rows_with_repeated_key), { key: "used", count: keys_used, from: 0, lost: false });
  if (matched !== null) fates.push({ key: "matched", count: matched, from: 0, lost: false });
  return { fates, gap: left - keys_used };
}

export interface Side {
  role: string;
  keys: number;
  mine: boolean;
  /** Share of its keys that are common; null where that is not revealed. */
  rate: number | null;
}
export interface Overlap {
  sides: Side[];
  /** Common keys as drawn: within what is possible, even where noise was added. */
  common: number | null;
  /** Keys that somebody has. */
  all: number | null;
}

export function overlapOf(report: PsiReport, peerRole: string): Overlap {
  const peers =
    typeof report.peer_keys_used === "number" ? { [peerRole]: report.peer_keys_used } : report.peer_keys_used;
  const sizes: [string, number, boolean][] = [
    [report.role, report.keys_used, true],
    ...Object.entries(peers).map(([role, keys]): [string, number, boolean] => [role, keys, false]),
  ];
  const smallest = Math.min(...sizes.map(([, keys]) => keys));
  const common = report.matched === null ? null : Math.min(Math.max(report.matched, 0), smallest);
  const sides = sizes.map(([role, keys, mine]) => ({
    role,
    keys,
    mine,
    rate: common === null || keys === 0 ? null : common / keys,
  }));
  const total = sizes.reduce((sum, [, keys]) => sum + keys, 0);
  return { sides, common, all: common === null || sides.length !== 2 ? null : total - common };
}

/** The other role of a match of two. */
export const otherRole = (role: string): string => (role === "receiver" ? "sender" : "receiver");
