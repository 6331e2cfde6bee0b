/** Agreements and grants that are in force and soon will not be. */
import type { Agreement, Grant } from "../../api/types";
import { DAY_MS } from "./figures";

const DAYS = 14;

interface Left {
  name: string;
  until: string;
  /** Whole days that are left. */
  days: number;
}
export type Ending =
  | (Left & { kind: "agreement_ends"; agreement: string })
  | (Left & { kind: "grant_ends"; side: Grant["side"]; peer: string });

/** What ends first comes first. */
export function endingsOf(agreements: Agreement[], grants: Grant[], now: number): Ending[] {
  const amended = new Set(agreements.flatMap(({ state, amends }) => (state === "ACTIVE" && amends ? [amends] : [])));
  return [
    ...agreements
      .filter(({ id, state }) => state === "ACTIVE" && !amended.has(id))
      .flatMap(({ id, name, valid_until: until }): Ending[] =>
        left(until, now).map((ends) => ({ kind: "agreement_ends", name, agreement: id, ...ends })),
      ),
    ...grants
      .filter(({ state, expired }) => state === "APPROVED" && !expired)
      .flatMap(({ side, peer, selector: name, until }): Ending[] =>
        left(until, now).map((ends) => ({ kind: "grant_ends", name, side, peer, ...ends })),
      ),
  ].sort((one, other) => one.until.localeCompare(other.until));
}

function left(until: string | null, now: number): { until: string; days: number }[] {
  const days = until === null ? Number.NaN : (Date.parse(until) - now) / DAY_MS;
  return until !== null && days > 0 && days <= DAYS ? [{ until, days: Math.floor(days) }] : [];
}
