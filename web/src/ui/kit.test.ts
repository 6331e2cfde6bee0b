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

test("a party has the same colour in every chair, and another one than those beside it", () => {
  const names = ["hospital", "lab", "notary", "north-bank", "insurer"];
  const hues = names.map((name) => hueOf(name, names));
  expect(new Set(hues).size).toBe(names.length);
  expect(names.map((name) => hueOf(name, names.toReversed()))).toEqual(hues);
  expect(hueOf("hospital")).toBe(hueOf("hospital", ["hospital", "lab"]));
});

test("initials", () => {
  expect(["hospital", "north-bank", "a", "\u533b\u9662"].map(initialsOf)).toEqual(["HO", "NB", "A", "\u533b"]);
});
