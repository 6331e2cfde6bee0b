import { expect, test } from "vitest";
import type { JobStep } from "../../api/types";
import { elsewhereOf } from "./Elsewhere";

const step = (id: string, operator: string, at: Record<string, string>) => ({ id, operator, at }) as JobStep;
const steps = [
  step("rows", "dataset.read", { owner: "hospital" }),
  step("match", "psi", { receiver: "hospital", sender: "lab" }),
  step("evaluate", "evaluation.binary", { owner: "hospital" }),
];

test("a result that only another party has is named; its tables are no results", () => {
  expect(elsewhereOf(steps, "lab").map(({ id }) => id)).toEqual(["evaluate"]);
  expect(elsewhereOf(steps, "hospital")).toEqual([]);
});
