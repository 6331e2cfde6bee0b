/** Parties and steps may be called as something that every object inherits. */
import { expect, test } from "vitest";
import type { Explained, Job, JobDetail, Operator } from "../api/types";
import { jobsWith } from "../pages/cockpit/figures";
import { costsOf } from "../pages/jobs/cost";
import { declaredOf } from "./bottom/Learns";
import { setParties } from "./commands";
import { diffFlows } from "./diff";
import { learnedFrom } from "./drawer/Reveals";
import { joint, spec, specs, step } from "./fixtures/flows";

const NAME = "constructor";
const read = step(NAME, "psi", { receiver: NAME, sender: "lab" });
const doc = { ...joint(), parties: { lab: "data", [NAME]: "data" } as const, steps: [read] };

test("what such a party learns is told, and of a step that was not explained nothing", () => {
  const line = { learner: "receiver", code: "rows", what: { en: "which rows", zh: "哪些行" } };
  const psi = { ...spec("psi"), disclosure: [line] } as Operator;
  expect(declaredOf(doc, new Map([["psi", psi]]))).toMatchObject({ [NAME]: [{ code: "rows" }], lab: [] });
  expect(learnedFrom({ disclosures: {} } as Explained, read)).toEqual({ [NAME]: [], lab: [] });
});

test("such a party leaves its seats, and its coming is a difference", () => {
  const left = setParties({ lab: "data" })(doc);
  expect(left.steps[0]?.at).toEqual({ sender: "lab" });
  expect(diffFlows(left, doc, specs).parties).toEqual([{ party: NAME, before: undefined, after: "data" }]);
});

test("such a step has no forecast that nobody made, and such a party no jobs that were not its own", () => {
  const job = { id: "j", steps: [{ ...read, parties: {} }], forecast: { steps: {} }, parties: { lab: {} } };
  expect(costsOf(job as unknown as JobDetail)[0]?.forecast).toBeNull();
  expect(jobsWith([job as unknown as Job], NAME)).toBe(0);
});
