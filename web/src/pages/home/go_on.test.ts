import { expect, test } from "vitest";
import type { Agreement, FlowDraftSummary, Job } from "../../api/types";
import { lastWork } from "./go_on";

const project = (id: string, day: number, state = "ACTIVE") =>
  ({ id, state, created_at: `2026-06-0${day}` }) as Agreement;
const flow = (id: string, agreement: string | null, day: number, by = "mei") =>
  ({ id, agreement, updated_at: `2026-06-0${day}`, updated_by: `user:${by}` }) as FlowDraftSummary;
const job = (agreement_id: string, day: number, mine = true) =>
  ({ agreement_id, created_at: `2026-06-0${day}`, mine }) as Job;
const agreements = [project("a", 1), project("b", 2), project("old", 3, "TERMINATED")];
const named = (flows: FlowDraftSummary[], jobs: Job[]) => {
  const found = lastWork({ agreements, flows, jobs }, "mei");
  return [found.project?.id, found.flow?.id];
};

test("the project of the own flow changed last, or of the job begun last", () => {
  expect(named([flow("f", "a", 5), flow("g", "b", 4)], [])).toEqual(["a", "f"]);
  expect(named([flow("f", "a", 5)], [job("b", 6)])).toEqual(["b", undefined]);
});

test("not by what others did, nor in a project that is over", () => {
  expect(named([flow("f", "a", 5, "lin"), flow("g", "old", 9)], [job("a", 8, false)])).toEqual(["b", undefined]);
});

test("a flow without a project is work, too", () => {
  expect(lastWork({ agreements: [], flows: [flow("f", null, 5)], jobs: [] }, "mei")).toEqual({
    project: undefined,
    flow: flow("f", null, 5),
  });
});
