import { expect, it } from "vitest";
import type { JobDetail, JobResult } from "../../api/types";
import { chiefOf, tellingIn } from "./metrics";

it("takes the figures that tell how good a model is", () => {
  expect(chiefOf({ kind: "binary_evaluation", auc: 0.97, ks: 0.8, log_loss: 0.2, gini: 0.94, rows: 10 })).toEqual({
    auc: 0.97,
    ks: 0.8,
    log_loss: 0.2,
  });
  expect(chiefOf({ kind: "training", epochs: [{ loss: 0.9 }, { loss: 0.5 }] })).toEqual({ last_loss: 0.5 });
  expect([chiefOf(null), chiefOf("x"), chiefOf({ auc: null })]).toEqual([{}, {}, {}]);
});

it("finds evaluation before training, and reports only", () => {
  const step = (id: string, operator: string) => ({ id, operator, at: {} });
  const flow = { steps: [step("train", "logistic_regression.train"), step("look", "evaluation.binary")] };
  const result = (of: string, kind: string) => ({ step: of, port: "report", kind }) as JobResult;
  const found = tellingIn({ flow } as unknown as JobDetail, [
    result("train", "report"),
    result("train", "model"),
    result("look", "report"),
    result("other", "report"),
  ]);
  expect(found.map(({ step }) => step)).toEqual(["look", "train"]);
});
