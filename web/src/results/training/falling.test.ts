import { expect, test } from "vitest";
import { isStillFalling } from "./falling";

const losses = (...values: number[]) => ({ epochs: values.map((loss, at) => ({ epoch: at + 1, loss })) });

test("a loss that fell by more than one per cent in the last epoch is still falling", () => {
  expect(isStillFalling(losses(0.69, 0.6, 0.59))).toBe(true);
  expect(isStillFalling(losses(0.69, 0.6, 0.595))).toBe(false);
  expect(isStillFalling(losses(0.69, 0.5, 0.51))).toBe(false);
});

test("one epoch, or none, tells nothing", () => {
  expect([isStillFalling(losses(0.69)), isStillFalling(losses())]).toEqual([false, false]);
});
