import { expect, test } from "vitest";
import type { Agreement, Dataset, Grant, Schedule } from "../../api/types";
import { soonOf } from "./soon";

const now = Date.parse("2026-06-01T00:00:00Z");
const inDays = (days: number): string => new Date(now + days * 86_400_000).toISOString();
const grant = (id: string, days: number | null, state = "APPROVED"): Grant =>
  ({
    id,
    selector: "customers",
    peer: "shop",
    side: "given",
    state,
    until: days === null ? null : inDays(days),
  }) as Grant;

test("grants and agreements are told before they end, not after and not long before", () => {
  const grants = [grant("a", 5), grant("b", 20), grant("c", -1), grant("d", null), grant("e", 5, "TERMINATED")];
  const agreements = [{ id: "agr-1", name: "Study", state: "ACTIVE", valid_until: inDays(20) } as Agreement];
  expect(soonOf({ grants, agreements }, now).map((one) => one.key)).toEqual(["a", "agr-1"]);
});

test("what is missing or failed comes first", () => {
  const datasets = [
    { name: "old", state: "changed" },
    { name: "gone", state: "missing" },
    { name: "fine", state: "ok" },
  ];
  const schedules = [
    { name: "nightly", last: { outcome: "failed", at: inDays(-1) } },
    { name: "weekly", last: null },
  ];
  const found = soonOf(
    { datasets: datasets as Dataset[], schedules: schedules as Schedule[], grants: [grant("a", 2)] },
    now,
  );
  expect(found.map((one) => one.kind)).toEqual(["schedule", "grant_given", "missing", "changed"]);
});
