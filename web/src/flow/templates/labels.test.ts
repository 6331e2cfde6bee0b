import { describe, expect, test } from "vitest";
import type { Glance } from "../../api/types";
import { labelsOf, likelyPositive, looksOf } from "./labels";
import { type Template, templateNamed } from "./templates";

type ColumnGlance = Glance["columns"][number];

const column = (name: string, distinct: number, top: [string | number | boolean, number][]): ColumnGlance =>
  ({
    name,
    type: "text",
    null_share: 0,
    distinct_estimated: distinct,
    top: top.map(([value, count]) => ({ value, count })),
  }) as unknown as ColumnGlance;
const GLANCE = {
  sample_rows: 300,
  columns: [
    column("churned", 2, [
      ["no", 200],
      ["yes", 100],
    ]),
    column("ill", 2, [
      [0, 200],
      [1, 100],
    ]),
    column("sex", 2, [
      [1, 150],
      [2, 150],
    ]),
    column("visits", 13, [
      [0, 100],
      [1, 90],
      [2, 60],
    ]),
    column("age", 80, []),
    column("same", 1, [["x", 300]]),
    column("fraud", 60, [["no", 299]]),
    column("few", 2, []),
  ],
} as unknown as Glance;
const COLUMNS = [
  { name: "id", type: "text" },
  { name: "churned", type: "text" },
  { name: "ill", type: "integer" },
  { name: "sex", type: "integer" },
  { name: "visits", type: "integer" },
  { name: "age", type: "number" },
  { name: "same", type: "text" },
  { name: "fraud", type: "text" },
  { name: "few", type: "text" },
  { name: "left", type: "boolean" },
];
const train = templateNamed("train") as Template;
const found = (looks = looksOf(GLANCE), template = train) =>
  new Map(labelsOf(COLUMNS, { keys: ["id"] }, template, looks).map((label) => [label.name, label]));

describe("what can be predicted", () => {
  test("is a column of two values; one that is not 0 and 1 asks which counts as 1", () => {
    const labels = [...found().values()];
    expect(labels.filter(({ fits }) => fits).map(({ name }) => name)).toEqual([
      "churned",
      "ill",
      "sex",
      "fraud",
      "few",
      "left",
    ]);
    expect(labels.filter(({ asks }) => asks).map(({ name }) => name)).toEqual(["churned", "sex", "fraud", "few"]);
  });

  test("is anything where no profile can be seen, and words have to be typed", () => {
    const labels = [...found(new Map()).values()];
    expect(labels.every(({ fits }) => fits)).toBe(true);
    expect(labels.filter(({ asks }) => asks).map(({ name }) => name)).toEqual(["churned", "same", "fraud", "few"]);
  });

  test("does not bind what rows are grouped by", () => {
    const labels = [...found(looksOf(GLANCE), templateNamed("statistics")).values()];
    expect(labels.every(({ fits, asks }) => fits && !asks)).toBe(true);
  });
});

test("the event is guessed only where its word is plain", () => {
  const guess = (name: string): string | undefined => {
    const label = found().get(name);
    return label && likelyPositive(label);
  };
  expect([guess("churned"), guess("ill"), guess("sex"), guess("few"), guess("fraud")]).toEqual([
    "yes",
    undefined,
    "1",
    "",
    "",
  ]);
});
