import { expect, test } from "vitest";
import { arranged, type Col } from "./DataTable";
import { hueOf, initialsOf } from "./Party";

interface Row {
  name: string;
  rows: number | null;
}
const columns: Col<Row>[] = [
  { key: "name", title: "", cell: (row) => row.name, sort: (row) => row.name },
  { key: "rows", title: "", cell: (row) => row.rows, sort: (row) => row.rows },
];
const rows: Row[] = [
  { name: "b10", rows: 5 },
  { name: "b9", rows: null },
  { name: "A", rows: 40 },
];
const names = (found: Row[]): string[] => found.map((row) => row.name);

test("rows are sorted as people count, what is missing first", () => {
  expect(names(arranged(rows, columns, "", { key: "name", down: false }))).toEqual(["A", "b9", "b10"]);
  expect(names(arranged(rows, columns, "", { key: "rows", down: true }))).toEqual(["A", "b10", "b9"]);
  expect(names(arranged(rows, columns, " B1 ", undefined))).toEqual(["b10"]);
});

test("parties have colours by their order, this node the first", () => {
  expect(hueOf("me", "me", ["x", "me"])).toBe(0);
  expect(["x", "y"].map((name) => hueOf(name, "me", ["x", "me", "y"]))).toEqual([1, 2]);
  expect(hueOf("unknown", "me")).toBeGreaterThan(0);
});

test("initials", () => {
  expect(["hospital", "north-bank", "a", "\u533b\u9662"].map(initialsOf)).toEqual(["HO", "NB", "A", "\u533b"]);
});
