import { expect, test } from "vitest";
import type { Grant } from "../../../api/types";
import { fits, metBy } from "./pattern";

test.each([
  ["events-2026-10-01", "events-*", true],
  ["events-2026-10-01", "events-????-10-0?", true],
  ["events-2026-10-01", "*-0[12]", true],
  ["events-2026-10-03", "*-0[!12]", true],
  ["a.b", "a?b", true],
  ["axb", "a.b", false],
  ["events", "event", false],
  ["events", "", false],
])("%s and %s: %s", (name, pattern, met) => {
  expect(fits(name, pattern)).toBe(met);
});

test("all datasets of a request must fit", () => {
  const grants = [
    { id: "1", peer: "shop", datasets: ["day-1", "day-2"] },
    { id: "2", peer: "shop", datasets: ["day-1", "people"] },
    { id: "3", peer: "bank", datasets: ["day-9"] },
  ] as Grant[];
  expect(metBy(grants, "day-*", undefined).map((one) => one.id)).toEqual(["1", "3"]);
  expect(metBy(grants, "day-*", "shop").map((one) => one.id)).toEqual(["1"]);
});
