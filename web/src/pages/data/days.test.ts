import { expect, test } from "vitest";
import { dayOf, endOf, startOf } from "./days";

test("a day survives being sent and read, wherever the reader is", () => {
  expect(dayOf(endOf("2027-12-31"))).toBe("2027-12-31");
  expect(dayOf(startOf("2027-12-31"))).toBe("2027-12-31");
});

test("no day is no moment", () => {
  expect(endOf("")).toBeNull();
  expect(dayOf(null)).toBe("");
  expect(dayOf("soon")).toBe("");
});
