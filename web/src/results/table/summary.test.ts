import { expect, test } from "vitest";
import { summariesOf } from "./summary";

test("numbers have figures, few values have shares, and what is missing is counted", () => {
  const [id, ill, age] = summariesOf({
    columns: [
      { name: "id", type: "text", role: "key" },
      { name: "ill", type: "integer", role: "label" },
      { name: "age", type: "number", role: "feature" },
    ],
    rows: [
      ["a", 0, 10],
      ["b", 1, null],
      ["c", 0, 40],
      ["d", 0, 25],
      ["e", 1, 25],
    ],
    total: 5,
  });
  expect(id).toMatchObject({ distinct: 5, missing: 0, figures: undefined, shares: undefined });
  expect(ill?.shares).toEqual([
    { value: "0", share: 0.6 },
    { value: "1", share: 0.4 },
  ]);
  expect(age).toMatchObject({ missing: 1, figures: { min: 10, mean: 25, max: 40 } });
});

test("a table without rows has no figures", () => {
  const [only] = summariesOf({ columns: [{ name: "a", type: "number", role: "feature" }], rows: [], total: 0 });
  expect(only).toMatchObject({ missing: 0, figures: undefined, shares: undefined, distinct: 0 });
});
