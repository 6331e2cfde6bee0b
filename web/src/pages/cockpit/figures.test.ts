import { expect, test } from "vitest";
import type { Job } from "../../api/types";
import { withJob } from "./data";
import { daysOf, hoursOf, medianOf, successOf } from "./figures";
import { ringOf, widthOf } from "./ring";

const NOW = Date.parse("2027-03-10T12:00:00Z");
const at = (hours: number): string => new Date(NOW - hours * 3_600_000).toISOString();
const job = (id: string, values: Partial<Job>): Job =>
  ({
    id,
    name: "f",
    state: "FINISHED",
    created_at: at(1),
    started_at: null,
    ended_at: null,
    parties: {},
    ...values,
  }) as Job;

test("days have no gaps, and count what ended", () => {
  const days = daysOf(
    [job("a", { ended_at: at(0) }), job("b", { state: "FAILED", ended_at: at(48) }), job("c", { state: "RUNNING" })],
    7,
    NOW,
  );
  expect(days).toHaveLength(7);
  expect(days.at(-1)).toMatchObject({ finished: 1, failed: 0 });
  expect(days.at(-3)).toMatchObject({ failed: 1 });
  expect(successOf(days)).toBe(0.5);
  expect(successOf(daysOf([], 7, NOW))).toBeUndefined();
});

test("medians", () => {
  expect([medianOf([]), medianOf([3]), medianOf([4, 1]), medianOf([9, 1, 2])]).toEqual([undefined, 3, 2.5, 2]);
});

test("hours have no gaps either", () => {
  const hours = hoursOf([job("a", { ended_at: at(0) }), job("b", { state: "FAILED", ended_at: at(5) })], 6, NOW);
  expect(hours.map(({ finished, failed }) => finished + failed)).toEqual([1, 0, 0, 0, 0, 1]);
  expect(hoursOf([job("old", { ended_at: at(30) })], 6, NOW).every(({ finished }) => finished === 0)).toBe(true);
});

test("a new job comes first, a known one is changed in its place", () => {
  const kept = [job("a", {}), job("b", { state: "RUNNING" })];
  expect(withJob(kept, job("c", {})).map(({ id }) => id)).toEqual(["c", "a", "b"]);
  expect(withJob(kept, job("b", { state: "FAILED" })).map(({ state }) => state)).toEqual(["FINISHED", "FAILED"]);
});

test("a ring begins at the top", () => {
  const [first, second] = ringOf(["a", "b"], 200, 100, 20);
  expect([first?.x, first?.y]).toEqual([100, 20]);
  expect(second?.y).toBeCloseTo(80);
  expect([widthOf(0, 0), widthOf(5, 10)]).toEqual([1.5, 3.75]);
});
