import { expect, test } from "vitest";
import type { FlowProblem } from "../../api/types";
import { emptyFlow, type FlowDoc } from "../document";
import { meaningOf } from "./checking";
import { emptyPlace, placeOf } from "./sentences";

const doc: FlowDoc = {
  ...emptyFlow("bank"),
  steps: [{ id: "match", operator: "psi", at: { receiver: "bank" }, inputs: {}, params: {}, layout: { x: 1, y: 2 } }],
};
const problem = (change: Partial<FlowProblem>): FlowProblem => ({
  code: "flow.bad_field",
  message: "",
  path: [],
  step: null,
  port: null,
  role: null,
  param: null,
  found: null,
  expected: null,
  hint: null,
  line: null,
  ...change,
});

test("a problem leads to the field where it can be mended", () => {
  expect(placeOf(problem({ step: "match", param: "group.column" }), doc)).toEqual({
    step: "match",
    tab: "parameters",
    path: "params.group.column",
  });
  expect(placeOf(problem({ step: "match", port: "sender" }), doc)).toEqual({
    step: "match",
    tab: "seats",
    path: "inputs.sender",
  });
  expect(placeOf(problem({ step: "match", role: "sender" }), doc)).toEqual({
    step: "match",
    tab: "seats",
    path: "at.sender",
  });
  expect(placeOf(problem({ path: ["steps", 0, "at"] }), doc)).toEqual({ step: "match", tab: "seats" });
  expect(placeOf(problem({ path: ["parties"] }), doc)).toEqual({ tab: "parameters", path: "parties" });
  expect(placeOf(problem({ step: "gone" }), doc)).toEqual({ tab: "parameters", path: undefined });
});

test("empty places have sentences of their own", () => {
  expect(emptyPlace(["steps"])).toBe("no_steps");
  expect(emptyPlace(["steps", 3, "at"])).toBe("no_seats");
  expect(emptyPlace(["steps", 3, "id"])).toBeUndefined();
});

test("places and titles are no part of what is checked", () => {
  const moved = { ...doc, title: { en: "x" }, steps: doc.steps.map((step) => ({ ...step, layout: { x: 9, y: 9 } })) };
  expect(meaningOf(moved)).toBe(meaningOf(doc));
});
