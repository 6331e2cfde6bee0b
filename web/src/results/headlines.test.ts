import { afterEach, expect, test } from "vitest";
import { forgetAll, remember } from "../core/remembered";
import { keepHeadline, keptHeadline } from "./headlines";

const AUC = { key: "auc", value: 0.99 } as const;
afterEach(forgetAll);

test("a figure is kept for who read it, and for nobody else", () => {
  keepHeadline("mei", "job-1", AUC);
  keepHeadline("mei", "job-2", null);
  expect(["job-1", "job-2", "job-3"].map((job) => keptHeadline("mei", job))).toEqual([AUC, null, undefined]);
  expect(keptHeadline("lin", "job-1")).toBeUndefined();
});

test("only the last ones are kept, and what is not ours is nothing", () => {
  for (let number = 0; number < 20; number += 1) keepHeadline("mei", `job-${number}`, AUC);
  expect([keptHeadline("mei", "job-19"), keptHeadline("mei", "job-0")]).toEqual([AUC, undefined]);
  remember("headlines of mei", "{");
  expect(keptHeadline("mei", "job-19")).toBeUndefined();
});
