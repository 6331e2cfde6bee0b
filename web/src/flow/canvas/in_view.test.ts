import { expect, test } from "vitest";
import { isInside } from "./in_view";

const area = { x: 100, y: 50, width: 300, height: 100 };

test("what is drawn within the canvas is in view, to its last pixel", () => {
  expect(isInside(area, { x: 0, y: 0, zoom: 1 }, { width: 400, height: 150 })).toBe(true);
  expect(isInside(area, { x: 0, y: 0, zoom: 1 }, { width: 399, height: 150 })).toBe(false);
  expect(isInside(area, { x: 0, y: 0, zoom: 1 }, { width: 400, height: 149 })).toBe(false);
});

test("moving and zooming count", () => {
  expect(isInside(area, { x: -101, y: 0, zoom: 1 }, { width: 900, height: 900 })).toBe(false);
  expect(isInside(area, { x: 0, y: -51, zoom: 1 }, { width: 900, height: 900 })).toBe(false);
  expect(isInside(area, { x: 0, y: 0, zoom: 0.5 }, { width: 200, height: 75 })).toBe(true);
});
