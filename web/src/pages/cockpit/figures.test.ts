import { expect, test } from "vitest";
import type { Check, Job, Peer, Ping } from "../../api/types";
import { anomaliesOf, daysOf, medianOf, successOf } from "./figures";
import { ringOf, widthOf } from "./ring";

const NOW = Date.parse("2027-03-10T12:00:00Z");
const at = (hours: number): string => new Date(NOW - hours * 3_600_000).toISOString();
const job = (id: string, values: Partial<Job>): Job =>
  ({
    id,
    name: "f",
    state: "FINISHED",
    created_at: at(1),
    started_at: null,
    ended_at: null,
    parties: {},
    ...values,
  }) as Job;
const nothing = { jobs: [], peers: [], pings: new Map<string, Ping>(), checks: [], reminders: [] };

test("days have no gaps, and count what ended", () => {
  const days = daysOf(
    [job("a", { ended_at: at(0) }), job("b", { state: "FAILED", ended_at: at(48) }), job("c", { state: "RUNNING" })],
    7,
    NOW,
  );
  expect(days).toHaveLength(7);
  expect(days.at(-1)).toMatchObject({ finished: 1, failed: 0 });
  expect(days.at(-3)).toMatchObject({ failed: 1 });
  expect(successOf(days)).toBe(0.5);
  expect(successOf(daysOf([], 7, NOW))).toBeUndefined();
});

test("medians", () => {
  expect([medianOf([]), medianOf([3]), medianOf([4, 1]), medianOf([9, 1, 2])]).toEqual([undefined, 3, 2.5, 2]);
});

test("three failures in a row are one anomaly, a success ends it", () => {
  const failed = [1, 2, 3].map((hours) => job(`j${hours}`, { state: "FAILED", created_at: at(hours) }));
  expect(anomaliesOf({ ...nothing, jobs: failed }, NOW)).toEqual([{ kind: "failing", name: "f", count: 3, job: "j1" }]);
  expect(anomaliesOf({ ...nothing, jobs: [job("ok", { created_at: at(0) }), ...failed] }, NOW)).toEqual([]);
});

test("a run is slow against its own past", () => {
  const past = [1, 2, 3].map((hours) =>
    job(`j${hours}`, { started_at: at(hours + 0.01), ended_at: at(hours), created_at: at(hours + 1) }),
  );
  const runs = job("now", { state: "RUNNING", started_at: at(0.5), created_at: at(0.5) });
  expect(anomaliesOf({ ...nothing, jobs: [...past, runs] }, NOW)).toMatchObject([
    { kind: "slow", job: "now", seconds: 1800 },
  ]);
});

test("peers that are away, and what the doctor found, the worst first", () => {
  const peer = { name: "lab", state: "APPROVED", last_seen_at: at(5) } as Peer;
  const ping = { name: "lab", reachable: false, clock_skew_s: null } as Ping;
  const check = (status: string): Check => ({ id: "disk", status }) as Check;
  const known = {
    ...nothing,
    peers: [peer],
    pings: new Map([["lab", ping]]),
    checks: [check("warning"), check("error"), check("ok")],
  };
  expect(anomaliesOf(known, NOW).map((found) => found.kind)).toEqual(["check", "peer_away", "check"]);
});

test("a ring begins at the top", () => {
  const [first, second] = ringOf(["a", "b"], 200, 100, 20);
  expect([first?.x, first?.y]).toEqual([100, 20]);
  expect(second?.y).toBeCloseTo(80);
  expect([widthOf(0, 0), widthOf(5, 10)]).toEqual([1.5, 3.75]);
});
