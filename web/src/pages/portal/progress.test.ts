import { expect, it } from "vitest";
import { stagesOf } from "./Progress";

const at = "2026-11-21T08:00:00.000Z";

it("hopes for approval until something else happens", () => {
  const stages = stagesOf({ side: "sent", state: "APPLIED", times: { DRAFT: at, APPLIED: at } });
  expect(stages.map((stage) => stage.state)).toEqual(["DRAFT", "SENT", "APPLIED", "IN_REVIEW", "APPROVED"]);
  expect(stages.filter((stage) => stage.present).map((stage) => stage.state)).toEqual(["APPLIED"]);
});

it("ends as it ended, and a receiver knows no draft", () => {
  const stages = stagesOf({ side: "received", state: "REJECTED", times: { APPLIED: at, REJECTED: at } });
  expect(stages.map((stage) => stage.state)).toEqual(["APPLIED", "IN_REVIEW", "REJECTED"]);
  expect(stages.at(-1)).toEqual({ state: "REJECTED", at, present: true });
});
