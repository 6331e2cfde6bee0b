import { expect, test } from "vitest";
import type { JobDetail, JobResult } from "../api/types";
import { arranged } from "./arranged";
import { figuresOf, headlineOf, pairsOf } from "./compare";
import evaluation from "./fixtures/evaluation.json";
import match from "./fixtures/psi_rows.json";
import hidden from "./fixtures/psi_threshold.json";
import statistics from "./fixtures/statistics.json";
import training from "./fixtures/training.json";

const result = (step: string, port: string, kind = "report", form = "document", readable = true): JobResult =>
  ({ step, port, kind, form, readable }) as JobResult;

test("steps that left a report in both jobs are compared", () => {
  const first = [result("train", "report"), result("evaluate", "report")];
  expect(pairsOf(first, [result("evaluate", "report"), result("other", "report")])).toEqual([
    { step: "evaluate", port: "report" },
  ]);
});

test("figures of the same kind stand side by side", () => {
  const found = figuresOf(evaluation, { ...evaluation, auc: 0.5, brier: null });
  expect(found.find(({ key }) => key === "auc")).toEqual({ key: "auc", a: evaluation.auc, b: 0.5 });
  expect(found.find(({ key }) => key === "brier")?.b).toBeNull();
  expect(figuresOf(training, training).map(({ key }) => key)).toEqual(["rows", "last_loss", "epochs"]);
  expect(figuresOf(training, evaluation)).toEqual([]);
});

test("each report has one figure that says it all, if this side learns it", () => {
  const keys = [evaluation, training, match, statistics].map((report) => headlineOf(report)?.key);
  expect(keys).toEqual(["auc", "last_loss", "matched", "rows"]);
  expect(headlineOf(match)?.value).toBe(match.matched);
  expect([headlineOf(hidden), headlineOf(null), headlineOf({ kind: "tree" })]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("the answer comes before the way to it; shares come last", () => {
  const steps = [
    { id: "match", operator: "psi" },
    { id: "train", operator: "logistic_regression.train" },
    { id: "evaluate", operator: "evaluation.binary" },
  ];
  const found = arranged(
    [
      result("match", "aligned", "aligned", "table"),
      result("match", "report"),
      result("train", "model", "model", "document", false),
      result("train", "report"),
      result("evaluate", "report"),
    ],
    { steps } as unknown as JobDetail,
  );
  expect(found.reports.map(({ step }) => step)).toEqual(["evaluate", "train", "match"]);
  expect(found.tables.map(({ port }) => port)).toEqual(["aligned"]);
  expect(found.others.map(({ port }) => port)).toEqual(["model"]);
});
