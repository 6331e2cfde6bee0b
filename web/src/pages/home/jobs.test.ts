import { expect, test } from "vitest";
import type { Job } from "../../api/types";
import { failedOf, finishedOf, openOf } from "./jobs";

const now = Date.parse("2026-06-10T00:00:00Z");
const job = (id: string, state: string, day = 9, mine = true) =>
  ({ id, state, mine, created_at: "2026-06-01", ended_at: `2026-06-0${day}T00:00:00Z` }) as Job;
const ids = (jobs: Job[]) => jobs.map(({ id }) => id);

test("what runs comes before what waits", () => {
  expect(ids(openOf([job("a", "PENDING"), job("b", "FINISHED"), job("c", "RUNNING")]))).toEqual(["c", "a"]);
});

test("failures are of the last days; what was rejected counts where it was ours", () => {
  const jobs = [job("a", "FAILED"), job("b", "FAILED", 2), job("c", "REJECTED"), job("d", "REJECTED", 9, false)];
  expect(ids(failedOf(jobs, now))).toEqual(["a", "c"]);
});

test("what finished last comes first", () => {
  expect(ids(finishedOf([job("a", "FINISHED", 3), job("b", "FINISHED", 5), job("c", "FAILED")]))).toEqual(["b", "a"]);
});
