import { expect, test } from "vitest";
import { firstSteps, partOfDay } from "./steps";

test("the first step that is not done comes next", () => {
  const steps = firstSteps({ peers: 2, datasets: 0, agreements: 1, results: 0 });
  expect(steps.filter((step) => step.next).map((step) => step.name)).toEqual(["data"]);
  expect(steps.filter((step) => step.done).map((step) => step.name)).toEqual(["peer", "project"]);
});

test("nothing is left to do after the first result, by whatever way", () => {
  expect(firstSteps({ peers: 1, datasets: 1, agreements: 0, results: 1 })).toEqual([]);
});

test("the greeting fits the hour", () => {
  expect([3, 9, 13, 22].map(partOfDay)).toEqual(["evening", "morning", "afternoon", "evening"]);
});
