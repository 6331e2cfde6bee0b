import { describe, expect, it } from "vitest";
import { columnsRead, fits, kindOf, readingsOf, saidOf } from "./words";

describe("summaries", () => {
  it("are taken apart at the first colon, in both languages", () => {
    expect(saidOf("hospital: which rows; and: more\nNobody learns more")).toEqual([
      { head: "hospital", text: "which rows; and: more" },
      { text: "Nobody learns more" },
    ]);
    expect(saidOf("目的：研究\n\n成员：a, b")).toEqual([
      { head: "目的", text: "研究" },
      { head: "成员", text: "a, b" },
    ]);
  });
});

describe("what a party reads", () => {
  const steps = [
    {
      id: "mine",
      operator: "dataset.read",
      at: { owner: "lab" },
      params: { dataset: "tests", keys: ["id"], label: "y" },
    },
    { id: "theirs", operator: "dataset.read", at: { owner: "bank" }, params: { dataset: "a" } },
    {
      id: "some",
      operator: "dataset.read",
      at: { owner: "lab" },
      params: { dataset: "b", columns: ["x"], keys: "id" },
    },
  ];
  it("is every step of its own", () => {
    expect(readingsOf(steps, "lab").map((reading) => reading.dataset)).toEqual(["tests", "b"]);
  });
  it("is all columns unless some are named, and keys and label always", () => {
    const [all, some] = readingsOf(steps, "lab");
    if (all === undefined || some === undefined) throw new Error("two readings");
    expect(columnsRead(all)).toBeUndefined();
    expect(columnsRead(some)).toEqual(new Set(["x", "id"]));
  });
});

it.each([
  ["sales_*", "sales_2026", true],
  ["sales_*", "Sales_2026", false],
  ["te?t", "text", true],
  ["a.b", "axb", false],
  ["[!a]x", "bx", true],
  ["(", "(", true],
])("the pattern %s and %s", (pattern, name, wanted) => expect(fits(pattern, name)).toBe(wanted));

it("knows the kinds of items", () => {
  expect(kindOf("grant")).toBe("grant");
  expect(kindOf("other")).toBeUndefined();
});
