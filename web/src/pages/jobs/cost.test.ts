import { expect, test } from "vitest";
import type { JobDetail } from "../../api/types";
import { costsByParty, costsOf, secondsOf } from "./cost";

const report = (wall_s: number | null, bytes_sent: number | null) => ({
  wall_s,
  cpu_s: wall_s,
  rss_mb: 100,
  bytes_sent,
  bytes_received: 5,
  rounds: null,
});
const job = {
  parties: { a: {}, b: {}, c: {} },
  forecast: { seconds: 3, bytes_sent: 9, memory_mb: 1, steps: { match: { seconds: 3, bytes_sent: 9, memory_mb: 1 } } },
  steps: [
    { id: "match", operator: "psi", parties: { a: { report: report(2, 10) }, b: { report: report(3, 20) } } },
    { id: "look", operator: "table.profile", parties: { a: { report: null }, b: { report: report(null, null) } } },
  ],
} as unknown as JobDetail;

test("a step takes as long as its slowest party, and sends what all send", () => {
  const [match] = costsOf(job);
  expect(match).toMatchObject({ seconds: 3, bytes: 30, cpu: 5, told: ["a", "b"] });
  expect(match?.forecast?.bytes_sent).toBe(9);
});

test("what nobody told is unknown, not nothing", () => {
  expect(costsOf(job)[1]).toMatchObject({ seconds: null, bytes: null, forecast: null, told: [] });
  expect(costsByParty(job).map(({ party, sent }) => [party, sent])).toEqual([
    ["a", 10],
    ["b", 20],
    ["c", null],
  ]);
});

test("a job that runs has run until now", () => {
  const started_at = new Date(1000).toISOString();
  expect(secondsOf({ started_at, ended_at: null }, 4000)).toBe(3);
  expect(secondsOf({ started_at, ended_at: new Date(3000).toISOString() }, 9000)).toBe(2);
  expect(secondsOf({ started_at: null, ended_at: null }, 9000)).toBeNull();
});
