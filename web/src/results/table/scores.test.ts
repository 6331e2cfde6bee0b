import { expect, test } from "vitest";
import { spreadOf, type TablePage } from "./scores";

const page = (rows: unknown[][], label = "label"): TablePage => ({
  columns: [
    { name: "id", type: "text", role: "key" },
    { name: "ill", type: "integer", role: label },
    { name: "score", type: "number", role: "feature" },
  ],
  rows,
  total: rows.length,
});

test("scores between 0 and 1 are spread over all of it, by class", () => {
  const spread = spreadOf(
    page([
      ["a", 0, 0],
      ["b", 1, 1],
      ["c", 1, 0.51],
      ["d", 0, null],
    ]),
  );
  expect(spread.rows).toBe(3);
  expect(spread.edges[0]).toBe(0);
  expect(spread.edges.at(-1)).toBe(1);
  expect(spread.classes.map(({ name, counts }) => [name, counts.indexOf(1), counts.reduce((a, b) => a + b)])).toEqual([
    ["0", 0, 1],
    ["1", 10, 2],
  ]);
});

test("without a label there is one class", () => {
  const spread = spreadOf(
    page(
      [
        ["a", 0, -2],
        ["b", 1, 6],
      ],
      "feature",
    ),
  );
  expect(spread.classes).toHaveLength(1);
  expect(spread.edges[0]).toBe(-2);
  expect(spread.edges.at(-1)).toBeCloseTo(6);
});

test("scores that are all the same do not break it", () => {
  expect(
    spreadOf(
      page([
        ["a", 0, 5],
        ["b", 0, 5],
      ]),
    ).rows,
  ).toBe(2);
});
