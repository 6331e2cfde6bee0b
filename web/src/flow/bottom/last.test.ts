import { expect, test } from "vitest";
import type { Job } from "../../api/types";
import { newestOf } from "./last";

const job = (id: string, flow_hash: string, created_at: string, state = "FINISHED"): Job =>
  ({ id, flow_hash, created_at, state }) as Job;

test("the newest job of this very flow, and of no other", () => {
  const jobs = [job("a", "h", "2026-01-01"), job("b", "h", "2026-01-03"), job("c", "other", "2026-01-04")];
  expect(newestOf(jobs, "h")?.id).toBe("b");
  expect(newestOf(jobs, undefined)).toBeUndefined();
});

test("one that has ended goes before one that waits", () => {
  const jobs = [job("a", "h", "2026-01-01", "FAILED"), job("b", "h", "2026-01-03", "PENDING")];
  expect(newestOf(jobs, "h")?.id).toBe("a");
  expect(newestOf(jobs.slice(1), "h")?.id).toBe("b");
});
