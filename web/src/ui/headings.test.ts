import { expect, test } from "vitest";
import { makeHeadings } from "./headings";

test("the page at which the console was opened takes the focus from nobody; every other one takes it", () => {
  const { openAt, takesFocus } = makeHeadings();
  openAt("/");
  expect(["/", "/projects", "/"].map(takesFocus)).toEqual([false, true, true]);
});

test("who goes on before the first page has come is led to the next", () => {
  const { openAt, takesFocus } = makeHeadings();
  openAt("/");
  openAt("/projects");
  expect(takesFocus("/projects")).toBe(true);
});
