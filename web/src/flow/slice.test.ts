import { expect, it } from "vitest";
import { joint } from "./fixtures/flows";
import { slice } from "./slice";

const ids = (mode: "to" | "from" | "one", at: string) => slice(joint(), at, mode).steps.map((step) => step.id);

it("holds what a step needs", () => {
  expect(ids("to", "split")).toEqual(["rows", "tests", "match", "split"]);
  expect(slice(joint(), "split", "to").name).toBe("joint-risk-to-split");
});

it("holds what follows, and what that needs", () => {
  expect(ids("from", "predict")).toEqual(["rows", "tests", "match", "split", "train", "predict", "evaluate"]);
  expect(ids("from", "rows")).toHaveLength(7);
});

it("has a name that is not too long", () => {
  const long = { ...joint(), name: "n".repeat(63) };
  const { name } = slice(long, "split", "from");
  expect(name).toHaveLength(63);
  expect(name.endsWith("-from-split")).toBe(true);
});
