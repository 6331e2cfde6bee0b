import { describe, expect, test } from "vitest";
import operators from "./fixtures/operators.json";
import { emptyIsNull, type Field, fieldsOf, type JsonSchema, settled, shapeOf, wordsIn } from "./schema";

const schemaOf = (name: string): JsonSchema =>
  operators.find((operator) => operator.name === name)?.params as unknown as JsonSchema;
const all = operators.flatMap((operator) => fieldsOf(operator.params as unknown as JsonSchema));
const field = (operator: string, name: string): Field => {
  const found = fieldsOf(schemaOf(operator)).find((known) => known.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};

describe("fields of every operator", () => {
  test("have a title in both languages and a control", () => {
    for (const known of all) {
      expect(known.title.zh, known.path).not.toBe("");
      expect(known.title.en, known.path).not.toBe("");
      expect(known.widget ?? shapeOf(known.schema), known.path).not.toBe("json");
    }
  });

  test("keep the order of the declaration", () => {
    expect(fieldsOf(schemaOf("preprocess.fit")).map(({ name }) => name)).toEqual(["missing", "scale", "constant"]);
  });
});

test("null is taken out of a choice, and references are followed", () => {
  const stop = field("logistic_regression.train", "early_stop");
  expect(stop.nullable).toBe(true);
  expect(stop.fields.map(({ path }) => path)).toEqual(["early_stop.patience", "early_stop.tolerance"]);
  expect(settled({ anyOf: [{ type: "integer", minimum: 1 }, { type: "null" }], default: null }, {})).toEqual({
    schema: { type: "integer", minimum: 1, default: null },
    nullable: true,
  });
});

test("a choice of several types has no control of its own", () => {
  const { schema } = settled({ anyOf: [{ type: "integer" }, { type: "string" }] }, {});
  expect(shapeOf(schema)).toBe("json");
});

test("empty says null for columns and numbers, and needs a switch for objects", () => {
  expect(emptyIsNull(field("psi", "threshold"))).toBe(true);
  expect(emptyIsNull(field("dataset.read", "columns"))).toBe(true);
  expect(emptyIsNull(field("logistic_regression.train", "early_stop"))).toBe(false);
});

test("lists are told apart by what they hold", () => {
  expect(shapeOf(field("psi", "normalise").schema)).toBe("word_lists");
  expect(shapeOf(field("dataset.read", "null_values").schema)).toBe("words");
  expect(shapeOf(field("stats.joint", "measures").schema)).toBe("choices");
});

test("words of a pattern are suggested where they are written out", () => {
  expect(wordsIn("^(trim|lower|phone:[1-9][0-9]{0,2}|id_cn)$")).toEqual(["trim", "lower", "id_cn"]);
  expect(wordsIn("^[a-z]+$")).toEqual([]);
  expect(wordsIn(undefined)).toEqual([]);
});
