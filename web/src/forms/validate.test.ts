import { expect, test } from "vitest";
import operators from "./fixtures/operators.json";
import type { Json } from "./json";
import type { JsonSchema } from "./schema";
import { faultsOf } from "./validate";

const schemaOf = (name: string): JsonSchema =>
  operators.find((operator) => operator.name === name)?.params as unknown as JsonSchema;
const faults = (operator: string, params: Json): string[] =>
  faultsOf(schemaOf(operator), params).map(({ path, code }) => `${path} ${code}`);

test("defaults have no faults", () => {
  for (const { name } of operators.filter((operator) => !("required" in operator.params))) {
    expect(faults(name, {}), name).toEqual([]);
  }
});

test.each([
  ["dataset.read", {}, ["dataset required"]],
  ["dataset.read", { dataset: "" }, ["dataset required"]],
  ["model.save", { name: "Big Name" }, ["name pattern"]],
  ["table.split", { test_fraction: 1 }, ["test_fraction below"]],
  ["table.split", { test_fraction: 0 }, ["test_fraction above"]],
  ["table.split", { seed: 1.5 }, ["seed whole"]],
  ["table.split", { seed: -1 }, ["seed minimum"]],
  ["psi", { value_bound: 2 ** 60 }, ["value_bound too_large"]],
  ["psi", { reveal: "all" }, ["reveal choice"]],
  ["psi", { receiver_keys: [] }, ["receiver_keys min_items"]],
  ["psi", { receiver_keys: "id" }, ["receiver_keys type"]],
  ["psi", { normalise: [["trim", "shout"]] }, ["normalise.0.1 pattern"]],
  ["psi", { threshold: null }, []],
  [
    "logistic_regression.train",
    { early_stop: { patience: 0 } },
    ["early_stop.patience minimum", "early_stop.tolerance required"],
  ],
  ["stats.joint", { columns: { first: [""] } }, ["columns.first.0 required"]],
  ["dataset.read", { dataset: "a", types: { age: "colour" } }, ["types.age choice"]],
])("%s %j", (operator, params, expected) => {
  expect(faults(operator, params as Json)).toEqual(expected);
});

test("what the schema does not know is left to the node", () => {
  expect(faults("psi", { unheard_of: 1 })).toEqual([]);
});
