import { expect, it } from "vitest";
import { columnsOf, type KnownColumn } from "./columns";
import { setParam } from "./commands";
import { joint, specs } from "./fixtures/flows";

const patients: KnownColumn[] = [
  { name: "id", type: "text" },
  { name: "age", type: "integer" },
  { name: "ill", type: "boolean" },
];
const catalogues = new Map([["hospital", new Map([["patients", patients]])]]);
const names = (doc = joint(), id = "train", role = "label") =>
  columnsOf(doc, specs, catalogues, id, role)?.map((column) => column.name);

it("follows columns back to the dataset of the party", () => {
  expect(names()).toEqual(["id", "age", "ill"]);
  expect(names(joint(), "rows", "owner")).toEqual(["id", "age", "ill"]);
});

it("knows what reading leaves out", () => {
  const doc = setParam("rows", ["label"], "ill")(setParam("rows", ["columns"], ["age"])(joint()));
  expect(names(doc)).toEqual(["age", "id", "ill"]);
  expect(columnsOf(doc, specs, catalogues, "train", "label")?.[0]?.type).toBe("integer");
});

it("says that it does not know", () => {
  expect(names(joint(), "train", "feature")).toBeUndefined();
  expect(names(joint(), "nothing")).toBeUndefined();
});

it("adds the score of a prediction", () => {
  expect(names(joint(), "evaluate", "owner")).toContain("score");
});
