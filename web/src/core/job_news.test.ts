import { expect, test } from "vitest";
import type { JobDetail, JobEvent } from "../api/types";
import { withEvent } from "./job_news";

const job = {
  id: "job-1",
  steps: [
    { id: "match", at: { receiver: "a", sender: "b" }, state: "PENDING", attempt: 0, progress: null, parties: {} },
    { id: "train", at: { label: "a" }, state: "PENDING", attempt: 0, progress: null, parties: {} },
  ],
} as unknown as JobDetail;
const event = (code: string, party: string, attempt = 1, more: object = {}): JobEvent =>
  ({
    number: 1,
    time: "2026-11-20T10:00:00Z",
    job_id: "job-1",
    step: "match",
    party,
    code,
    data: { attempt, ...more },
  }) as unknown as JobEvent;
const after = (...events: JobEvent[]): JobDetail => events.reduce(withEvent, job);
const match = (detail: JobDetail) => detail.steps[0];

test("a step is done when all who sit at it are", () => {
  const half = after(event("step.started", "a"), event("step.started", "b"), event("step.succeeded", "a"));
  expect(match(half)?.state).toBe("RUNNING");
  expect(match(withEvent(half, event("step.succeeded", "b")))?.state).toBe("SUCCESS");
});

test("one failure is the step's, with its code", () => {
  const failed = after(event("step.started", "a"), event("step.failed", "b", 1, { code: "data.not_numeric" }));
  expect(match(failed)?.state).toBe("FAILED");
  expect(match(failed)?.parties.b?.code).toBe("data.not_numeric");
});

test("a new attempt begins anew, an old one changes nothing", () => {
  const failed = after(event("step.failed", "b"));
  const again = withEvent(failed, event("step.started", "a", 2));
  expect(match(again)?.state).toBe("RUNNING");
  expect(match(again)?.parties.b).toBeUndefined();
  expect(withEvent(again, event("step.failed", "b", 1)).steps[0]).toBe(again.steps[0]);
});

test("other lines and other jobs change nothing", () => {
  expect(withEvent(job, event("job.approved", "a"))).toBe(job);
  expect(withEvent(job, { ...event("step.started", "a"), job_id: "job-2" })).toBe(job);
  expect(after(event("step.started", "a")).steps[1]).toBe(job.steps[1]);
});
