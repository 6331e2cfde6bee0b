import { expect, it } from "vitest";
import { daysUntil } from "./Keys";

it("counts whole days, and below zero once it is over", () => {
  const now = Date.parse("2027-03-10T12:00:00Z");
  expect(daysUntil("2027-03-12T11:00:00Z", now)).toBe(1);
  expect(daysUntil("2027-03-10T11:59:00Z", now)).toBe(-1);
});
