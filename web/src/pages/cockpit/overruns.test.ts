import { expect, test } from "vitest";
import type { Job, JobDetail, JobStep } from "../../api/types";
import { overrunsOf } from "./overruns";

const NOW = Date.parse("2027-03-10T12:00:00Z");
const at = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();
const step = (id: string, seconds: number[], values: object = {}): JobStep =>
  ({
    id,
    state: "SUCCESS",
    started_at: at(30),
    parties: Object.fromEntries(seconds.map((wall_s, place) => [`party${place}`, { report: { wall_s } }])),
    ...values,
  }) as unknown as JobStep;
const job = (id: string, steps: JobStep[], values: Partial<JobDetail> = {}): JobDetail =>
  ({
    ...{ id, name: "f", state: "FINISHED", created_at: at(60), ended_at: at(20), steps },
    forecast: { steps: { read: { seconds: 1 }, train: { seconds: 20 } } },
    ...values,
  }) as unknown as JobDetail;
const found = (details: JobDetail[], jobs: Job[] = details) => overrunsOf(details, jobs, NOW);

test("a step is held against its forecast, by the party that took longest", () => {
  expect(found([job("a", [step("read", [2]), step("train", [40, 100])])])).toEqual([
    ...[{ kind: "overrun", name: "f", step: "train", seconds: 100, forecast: 20, runs: false, job: "a", count: 1 }],
  ]);
});

test("little is not far: neither thrice of a second nor half again of a minute", () => {
  expect(found([job("a", [step("read", [30]), step("train", [85])])])).toEqual([]);
});

test("nothing is said of what nobody forecast or measured, nor of yesterday's jobs", () => {
  expect(found([job("a", [step("other", [900]), step("constructor", [900]), step("train", [])])])).toEqual([]);
  expect(found([job("a", [step("train", [900])], { forecast: null })])).toEqual([]);
  expect(found([job("a", [step("train", [900])], { ended_at: at(24 * 60) })])).toEqual([]);
});

test("a step that runs is measured until now, while its job still runs", () => {
  const runs = step("train", [], { state: "RUNNING", started_at: at(10) });
  const known = job("a", [runs], { state: "RUNNING", ended_at: null });
  expect(found([known])).toMatchObject([{ step: "train", seconds: 600, runs: true }]);
  expect(found([known], [{ ...known, state: "FINISHED" }])).toEqual([]);
});

test("of one name the newest job is named, the others are counted", () => {
  const slow = (id: string, minutes: number) => job(id, [step("train", [900])], { created_at: at(minutes) });
  expect(found([slow("old", 90), slow("new", 60), job("fine", [step("train", [9])])])).toMatchObject([
    { job: "new", count: 2 },
  ]);
});

test("of one job the step that cost most time is named", () => {
  expect(found([job("a", [step("read", [60]), step("train", [100])])])).toMatchObject([{ step: "train" }]);
});
