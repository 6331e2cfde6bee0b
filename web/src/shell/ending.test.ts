import { expect, test } from "vitest";
import { endingOf } from "./ending";

const MINUTE = 60_000;
const times = { usedAt: 0, idleMs: 30 * MINUTE, endsAt: 12 * 60 * MINUTE };

test("nobody is told before it is near", () => {
  expect(endingOf(times, 25.9 * MINUTE)).toBeUndefined();
  expect(endingOf({ usedAt: 0, idleMs: undefined, endsAt: undefined }, 99 * MINUTE)).toBeUndefined();
});

test("at least two minutes before an unused session ends, which is a minute before its time at the earliest", () => {
  expect(endingOf(times, 26 * MINUTE)).toEqual({ at: 29 * MINUTE, idle: true });
  expect(endingOf({ ...times, usedAt: 20 * MINUTE }, 26 * MINUTE)).toBeUndefined();
});

test("the end that nobody can put off is told as such", () => {
  const late = { ...times, usedAt: 719 * MINUTE };
  expect(endingOf(late, 719 * MINUTE)).toEqual({ at: 720 * MINUTE, idle: false });
});

test("a session that lasts a minute is warned of, too, and not all the time", () => {
  const short = { usedAt: 0, idleMs: MINUTE, endsAt: undefined };
  expect(endingOf(short, -1)).toBeUndefined();
  expect(endingOf(short, 0)).toEqual({ at: MINUTE / 2, idle: true });
});
