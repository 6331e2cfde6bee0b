import { expect, test } from "vitest";
import type { JobEvent } from "../../api/types";
import { busyOf, scaleOf, spansOf, ticksOf } from "./timeline";

const event = (code: string, party: string, second: number, attempt = 1, step: string | null = "match"): JobEvent =>
  ({ code, party, step, time: new Date(second * 1000).toISOString(), data: { attempt } }) as unknown as JobEvent;

test("each party's attempt is a span", () => {
  const spans = spansOf(
    [
      event("step.started", "a", 1),
      event("step.started", "b", 2),
      event("step.succeeded", "b", 4),
      event("step.failed", "a", 5),
    ],
    null,
  );
  expect(spans.map(({ party, from, to, state }) => [party, from, to, state])).toEqual([
    ["a", 1000, 5000, "FAILED"],
    ["b", 2000, 4000, "SUCCESS"],
  ]);
  expect(busyOf(spans, 0)).toBe(6);
});

test("what runs has no end, unless the job has", () => {
  const begun = [event("step.started", "a", 1)];
  expect(spansOf(begun, null)[0]?.to).toBeNull();
  expect(spansOf(begun, new Date(9000).toISOString())[0]?.to).toBe(9000);
});

test("lines may come late and in any order", () => {
  const spans = spansOf([event("step.succeeded", "a", 4), event("step.started", "a", 2)], null);
  expect(spans).toHaveLength(1);
  expect(spans[0]?.from).toBe(2000);
});

test("lines that are of no step are none", () => {
  expect(spansOf([event("job.running", "a", 1, 1, null)], null)).toEqual([]);
  expect(scaleOf([], 5)).toBeNull();
});

test("ticks are round and few", () => {
  expect(ticksOf({ start: 0, end: 8000 })).toEqual([0, 2, 4, 6, 8]);
  for (const seconds of [0.05, 0.7, 3, 61, 1000, 90_000, 900_000]) {
    expect(ticksOf({ start: 0, end: seconds * 1000 }).length).toBeLessThanOrEqual(8);
  }
});
