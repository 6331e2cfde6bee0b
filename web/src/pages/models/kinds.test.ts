import { expect, it } from "vitest";
import { kindTitle } from "./kinds";

const titles: Record<string, string> = { "logistic_regression.train": "训练纵向逻辑回归" };
const titleOf = (operator: string): string => titles[operator] ?? operator;
const own = (kind: string): string => `[${kind}]`;

it("a model is called after the operator that trained it", () => {
  expect(kindTitle("logistic_regression", titleOf, own)).toBe("训练纵向逻辑回归");
});

it("what no Spec explains stays as it is; what the node says of files is in the page's words", () => {
  expect(kindTitle("forest", titleOf, own)).toBe("forest");
  expect(kindTitle("damaged", titleOf, own)).toBe("[damaged]");
  expect(kindTitle("model", titleOf, own)).toBe("[model]");
});
