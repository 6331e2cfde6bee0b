import { expect, test } from "vitest";
import { patternOf } from "./cron";

test.each([
  ["*/15 * * * *", { kind: "every_minutes", count: 15 }],
  ["5 * * * *", { kind: "hourly", minute: 5 }],
  ["0 */6 * * *", { kind: "every_hours", count: 6 }],
  ["0 2 * * *", { kind: "daily", time: "02:00" }],
  ["30 18 * * 1-5", { kind: "weekdays", time: "18:30" }],
  ["0 9 * * 7", { kind: "weekly", time: "09:00", day: 0 }],
  ["0 9 1 * *", { kind: "monthly", time: "09:00", date: 1 }],
])("%s", (cron, pattern) => {
  expect(patternOf(cron)).toEqual(pattern);
});

test("what has no short words stays as it is written", () => {
  for (const cron of ["0 9 1 1 *", "0,30 9 * * *", "0 9-17 * * *", "nonsense"]) expect(patternOf(cron)).toBeUndefined();
});
