import { expect, test } from "vitest";
import type { EvaluationReport } from "../documents";
import { intervalOf, isSmall, standardError } from "./interval";

const report = (auc: number, positives: number, negatives: number): EvaluationReport =>
  ({ auc, positives, negatives, rows: positives + negatives }) as EvaluationReport;

test("the example of the paper: 51 abnormal and 58 normal cases, area 0.893, standard error 0.032", () => {
  expect(standardError(0.893, 51, 58)).toBeCloseTo(0.0325, 4);
  const [low, high] = intervalOf(report(0.893, 51, 58)) ?? [];
  expect(low).toBeCloseTo(0.8293, 4);
  expect(high).toBeCloseTo(0.9567, 4);
});

test("by chance it is the error of the rank-sum test, for one row of each class", () => {
  expect(standardError(0.5, 1, 1)).toBeCloseTo(0.5, 12);
  expect(intervalOf(report(0.5, 1, 1))).toEqual([0, 1]);
});

test("a perfect area claims no certainty, and a class without rows has no area", () => {
  expect(intervalOf(report(1, 20, 20))).toBeUndefined();
  expect(intervalOf(report(0.7, 0, 20))).toBeUndefined();
});

test("fewer than 100 rows are few", () => {
  expect([isSmall(report(0.7, 50, 49)), isSmall(report(0.7, 50, 50))]).toEqual([true, false]);
});
