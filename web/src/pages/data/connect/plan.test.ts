import { expect, test } from "vitest";
import { bodyOf, isCsv, isStopped } from "./encodings";
import { describedBy, entriesFor, faultOf, likelyItems, nameFor } from "./plan";

test.each([
  ["daily/Events 2026-10-01.csv", "events-2026-10-01"],
  ["public.people", "people"],
  ["sales.orders", "sales-orders"],
  ["2024 sales.csv", "sales"],
  ["2024/", "dataset-2024"],
  ["客户.parquet", "dataset"],
  ["north-hospital/医院客户.csv", "north-hospital"],
  ["数据/客户2024.csv", "dataset-2024"],
  ["A类客户.csv", "dataset-a"],
  ["客户_crm.csv", "crm"],
  ["Müller.csv", "muller"],
])("%s becomes the name %s", (item, name) => {
  expect(nameFor(item, new Set())).toBe(name);
});

test("where a file's name helps nobody, its place does, and its own words describe it", () => {
  const taken = ["ward"];
  const [one, two] = entriesFor(
    [
      { kind: "object", item: "医院客户.csv" },
      { kind: "object", item: "a.csv" },
    ],
    [],
    taken,
    "ward",
  );
  expect(one).toMatchObject({ name: "ward-2", description: "医院客户" });
  expect(two).toMatchObject({ name: "a", description: "" });
  expect(describedBy("2024/Müller.csv")).toBe("Müller");
  expect(describedBy("public.people")).toBe("");
});

test("how a CSV is read goes along with it", () => {
  expect(bodyOf({ kind: "object", item: "a.csv", format: "csv", encoding: "gb18030" })).toEqual({
    object: "a.csv",
    format: "csv",
    options: { encoding: "gb18030" },
  });
  expect(bodyOf({ kind: "object", item: "a.TSV" })).toEqual({ object: "a.TSV", options: { delimiter: "\t" } });
  expect(bodyOf({ kind: "table", item: "people.tsv" })).toEqual({ table: "people.tsv", options: {} });
  expect(isCsv({ kind: "object", item: "a.csv" })).toBe(true);
  expect(isCsv({ kind: "object", item: "daily/", encoding: "utf-8" })).toBe(true);
  expect(isCsv({ kind: "table", item: "public.csv" })).toBe(false);
  expect(isCsv({ kind: "object", item: "a.parquet", format: "parquet" })).toBe(false);
});

test("what cannot be read cannot be registered; a column that no step can use may be left out later", () => {
  expect(isStopped("dataset.encoding_unknown")).toBe(true);
  expect(isStopped("data.type_unsupported")).toBe(false);
  expect(isStopped(undefined)).toBe(false);
});

test("taken names get a number", () => {
  expect(nameFor("people.csv", new Set(["people", "people-2"]))).toBe("people-3");
});

test("what was typed stays when the choice changes", () => {
  const first = entriesFor([{ kind: "object", item: "a.csv" }], [], []);
  const typed = first.map((entry) => ({ ...entry, description: "mine" }));
  const both = entriesFor(
    [
      { kind: "object", item: "a.csv" },
      { kind: "object", item: "x/a.csv" },
    ],
    typed,
    [],
  );
  expect(both.map(({ name, description }) => [name, description])).toEqual([
    ["a", "mine"],
    ["a-2", ""],
  ]);
});

test("a name must fit, be free, and be there once", () => {
  const entries = entriesFor([{ kind: "table", item: "one" }], [], []);
  const [one] = entries;
  if (one === undefined) throw new Error("no entry");
  expect(faultOf(one, entries, new Set())).toBeUndefined();
  expect(faultOf(one, entries, new Set(["one"]))).toBe("taken");
  expect(faultOf({ ...one, name: "Ä" }, entries, new Set())).toBe("shape");
  expect(faultOf({ ...one }, entries, new Set())).toBe("twice");
});

test("chosen before anybody chooses: as before, the named file, or the only one", () => {
  expect(likelyItems(["a.csv", "b.csv"], ["b.csv"], "a.csv")).toEqual(["b.csv"]);
  expect(likelyItems(["a.csv", "b.csv"], [], "a.csv")).toEqual(["a.csv"]);
  expect(likelyItems(["a.csv", "b.csv"], [], "gone.csv")).toEqual([]);
  expect(likelyItems(["a.csv"], [])).toEqual(["a.csv"]);
});
