import { describe, expect, test } from "vitest";
import operators from "./fixtures/operators.json";
import { same, withEntry } from "./json";
import { type Field, fieldsOf, type JsonSchema } from "./schema";
import { changed, firstValue, isSet, shown, strangers } from "./values";

const fields = (operator: string): Field[] =>
  fieldsOf(operators.find(({ name }) => name === operator)?.params as unknown as JsonSchema);
const field = (operator: string, name: string): Field => fields(operator).find((known) => known.name === name) as Field;

describe("a value equal to its default", () => {
  const epochs = field("logistic_regression.train", "epochs");

  test("is not written", () => {
    expect(changed({ epochs: 5 }, epochs, 10)).toEqual({});
    expect(changed({}, epochs, 5)).toEqual({ epochs: 5 });
  });

  test("stays where the document says it, until it is touched", () => {
    expect(isSet(epochs, { epochs: 10 })).toBe(true);
    expect(shown(epochs, { epochs: 10 })).toBe(10);
  });

  test("is shown where the document says nothing", () => {
    expect(shown(epochs, {})).toBe(10);
    expect(isSet(epochs, {})).toBe(false);
  });
});

test("changing one parameter keeps the order of the others", () => {
  expect(JSON.stringify(withEntry({ a: 1, b: 2, c: 3 }, "b", 5))).toBe('{"a":1,"b":5,"c":3}');
});

test("an optional object begins with its examples", () => {
  expect(firstValue(field("logistic_regression.train", "early_stop"))).toEqual({ patience: 3, tolerance: 0.0001 });
});

test("parameters that the operator does not know are named, not dropped", () => {
  expect(strangers(fields("psi"), { reveal: "count", colour: 1 })).toEqual(["colour"]);
});

test("documents are compared by content", () => {
  expect(same({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toBe(true);
  expect(same({ a: 1 }, { a: 1, b: undefined as never })).toBe(false);
  expect(same([1, 2], [2, 1])).toBe(false);
});
