import { expect, test } from "vitest";
import { entriesFor, faultOf, likelyItems, nameFor } from "./plan";

test.each([
  ["daily/Events 2026-10-01.csv", "events-2026-10-01"],
  ["public.people", "people"],
  ["sales.orders", "sales-orders"],
  ["2024/", "dataset"],
  ["客户.parquet", "dataset"],
])("%s becomes the name %s", (item, name) => {
  expect(nameFor(item, new Set())).toBe(name);
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
