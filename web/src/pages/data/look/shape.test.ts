import { expect, test } from "vitest";
import { outlineOf } from "./shape";

test("evenly spread values give a flat outline", () => {
  const outline = outlineOf({ "0.01": 1, "0.25": 25, "0.5": 50, "0.75": 75, "0.99": 99 }, 4);
  expect(outline?.from).toBe(1);
  expect(outline?.to).toBe(99);
  for (const share of outline?.shares ?? []) expect(share).toBeCloseTo(0.245, 5);
});

test("the shares are all that lies between the ends, also where quantiles coincide", () => {
  const outline = outlineOf({ "0.01": 0, "0.05": 0, "0.25": 0, "0.5": 1, "0.75": 2, "0.95": 8, "0.99": 20 }, 10);
  const sum = (outline?.shares ?? []).reduce((total, share) => total + share, 0);
  expect(sum).toBeCloseTo(0.74, 5);
  expect(outline?.shares[0]).toBeGreaterThan(outline?.shares[9] ?? 1);
});

test("one value has no outline", () => {
  expect(outlineOf({ "0.25": 3, "0.75": 3 })).toBeUndefined();
  expect(outlineOf(null)).toBeUndefined();
});
