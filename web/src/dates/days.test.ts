import { expect, test } from "vitest";
import { dayOf, endOf, readDay, startOf } from "./days";

test("a day survives being sent and read, wherever the reader is", () => {
  expect(dayOf(endOf("2027-12-31"))).toBe("2027-12-31");
  expect(dayOf(startOf("2027-12-31"))).toBe("2027-12-31");
});

test("no day is no moment", () => {
  expect(endOf("")).toBeNull();
  expect(dayOf(null)).toBe("");
  expect(dayOf("soon")).toBe("");
});

test("a day may be written in several ways, and has to exist", () => {
  for (const text of ["2027-02-03", "2027/2/3", "2027.2.3", "2027年2月3日", "20270203", " 2027-2-3 "]) {
    expect(readDay(text), text).toBe("2027-02-03");
  }
  for (const text of ["", "2027", "3/2/2027", "2027-02-30", "2027-13-01", "2027-1", "202723", "soon"]) {
    expect(readDay(text), text).toBe("");
  }
});
