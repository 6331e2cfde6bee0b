import { expect, it } from "vitest";
import { moveSteps } from "./commands";
import { joint, large, specs } from "./fixtures/flows";
import { align, boxesOf, distribute, freePlace, laidOut, neighbour, overlapping, tidy } from "./layout";

it("lays out left to right along the wires, without overlap", () => {
  const places = laidOut(joint(), specs);
  const x = (id: string) => places.get(id)?.x ?? Number.NaN;
  expect(x("rows")).toBeLessThan(x("match"));
  expect(x("match")).toBeLessThan(x("split"));
  expect(x("train")).toBeLessThan(x("predict"));
  expect(overlapping(joint(), specs)).toBe(false);
});

it("keeps the places that the document has", () => {
  const doc = moveSteps(new Map([["match", { x: -40, y: 900 }]]))(joint());
  expect(laidOut(doc, specs).get("match")).toEqual({ x: -40, y: 900 });
  expect(laidOut(doc, specs).size).toBe(7);
});

it("tidies a heap", () => {
  const heap = moveSteps(new Map(joint().steps.map((step) => [step.id, { x: 100, y: 100 }])))(joint());
  expect(overlapping(heap, specs)).toBe(true);
  expect(overlapping(tidy(heap, specs)(heap), specs)).toBe(false);
});

it("aligns and distributes", () => {
  const doc = moveSteps(
    new Map([
      ["rows", { x: 0, y: 0 }],
      ["tests", { x: 30, y: 300 }],
      ["match", { x: 90, y: 400 }],
    ]),
  )(joint());
  const chosen = ["rows", "tests", "match"];
  expect(boxesOf(align(doc, specs, chosen, "left")(doc), specs, chosen).map((box) => box.x)).toEqual([0, 0, 0]);
  const spread = boxesOf(distribute(doc, specs, chosen, "down")(doc), specs, chosen);
  const gap = (one: number) => (spread[one + 1]?.y ?? 0) - (spread[one]?.y ?? 0) - (spread[one]?.height ?? 0);
  expect(Math.abs(gap(0) - gap(1))).toBeLessThanOrEqual(1);
});

it("finds the way with the arrow keys", () => {
  expect(neighbour(joint(), specs, "split", "left")).toBe("match");
  expect(["train", "predict"]).toContain(neighbour(joint(), specs, "split", "right"));
  expect(["rows", "tests"]).toContain(
    neighbour(joint(), specs, "rows", "down") ?? neighbour(joint(), specs, "rows", "up"),
  );
});

it("puts a new box where none stands", () => {
  const doc = tidy(joint(), specs)(joint());
  const place = freePlace(doc, specs, "split");
  const hit = boxesOf(doc, specs).some(
    (box) => Math.abs(box.x - place.x) < box.width && place.y < box.y + box.height && box.y < place.y + 100,
  );
  expect(hit).toBe(false);
});

it("lays out 300 boxes in good time", () => {
  const doc = { ...large(300, 500), steps: large(300, 500).steps.map(({ layout: _, ...step }) => step) };
  const start = performance.now();
  expect(laidOut(doc, specs).size).toBe(300);
  expect(performance.now() - start).toBeLessThan(15_000);
});
