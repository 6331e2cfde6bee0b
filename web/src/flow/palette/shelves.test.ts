import { expect, it } from "vitest";
import { spec, specs } from "../fixtures/flows";
import { divided, keyOf, shelves } from "./shelves";

const english = (words: { en: string }): string => words.en;
const all = [...specs.values()];
const everything = new Set(all.map((one) => keyOf(one.name, one.version)));

it("offers what every party has in this version, and says who lacks the rest", () => {
  const less = new Set([...everything].filter((key) => !key.startsWith("psi ")));
  const { runnable, hidden } = divided(
    all,
    new Map([
      ["lab", less],
      ["hospital", everything],
    ]),
    "2pc-dealer",
  );
  expect(runnable.map((one) => one.name)).not.toContain("psi");
  expect(hidden).toContainEqual({ spec: spec("psi"), parties: ["lab"], profile: false });
});

it("trusts a party that did not say what it has", () => {
  const known = new Map([["lab", undefined]]);
  expect(divided(all, known, "2pc-dealer").hidden).toEqual([]);
});

it("leaves out what the security profile does not allow", () => {
  const { hidden } = divided(all, new Map(), "2pc");
  expect(hidden.map((lack) => lack.spec.name)).toContain("logistic_regression.train");
  expect(hidden.every((lack) => lack.profile)).toBe(true);
});

it("puts them on shelves, searched in both languages", () => {
  expect(shelves(all, "", english)[0]?.title).toBe("Data");
  const names = shelves(all, "求交 多方", english).flatMap((shelf) => shelf.specs.map((one) => one.name));
  expect(names).toEqual(["psi.many"]);
  expect(shelves(all, "no such thing", english)).toEqual([]);
});
