import { beforeEach, expect, test } from "vitest";
import type { Column, Job } from "../api/types";
import { go } from "../core/location";
import { templateNamed } from "../flow/templates/templates";
import { chosenOf, partOf } from "./by_hand";
import { doneOf, nextCard } from "./done";
import { change, isShownAt, keepTour, readProgress, show, tourText, writeProgress } from "./progress";
import { flowOf, keyOf, type Stage } from "./stage";

const columns = (...names: string[]): Column[] => names.map((name) => ({ name, type: "number" }) as Column);
const chair = (name: string, port: number) => ({ name, port, code: "c" });
const stage: Stage = {
  first: chair("hospital", 1),
  partner: chair("lab", 2),
  dealer: chair("notary", 3),
  facts: { label: "diagnosis", alone: 0.98, pooled: 0.99 },
};
const mine = { name: "patients", columns: columns("patient_id", "diagnosis", "radius") };
const theirs = { name: "tests", columns: columns("patient_id", "texture") };

beforeEach(() => window.localStorage.clear());

test("progress survives the way to another chair", () => {
  const progress = { card: 2, open: true, away: false, intersect: "job-a1", train: undefined, read: true };
  expect(readProgress(writeProgress(progress))).toEqual(progress);
  const closed = { ...progress, open: false, away: true };
  expect(readProgress(writeProgress(closed))).toEqual(closed);
  for (const wrong of ["", "9o~~", "1o~<script>~", null]) expect(readProgress(wrong)).toBeUndefined();
});

test("changes are kept", () => {
  change({ card: 1, intersect: "job-b" });
  expect(readProgress(tourText())).toMatchObject({ card: 1, intersect: "job-b" });
});

test("rows are matched by a column that both have, never by the label", () => {
  expect(keyOf(mine.columns, theirs.columns, "diagnosis")).toBe("patient_id");
  expect(keyOf(columns("y"), columns("y"), "y")).toBeUndefined();
});

test("the flows are those of the templates, with the tables of the demo", () => {
  const train = flowOf("train", stage, mine, theirs);
  expect(train?.parties).toEqual({ hospital: "data", lab: "data", notary: "dealer" });
  expect(train?.steps[0]?.params).toEqual({ dataset: "patients", keys: ["patient_id"], label: "diagnosis" });
  expect(flowOf("intersect", stage, mine, theirs)?.steps.map((step) => step.operator)).toEqual([
    "dataset.read",
    "dataset.read",
    "psi",
  ]);
  expect(flowOf("train", stage, mine, undefined)).toBeUndefined();
});

test("the card goes along to another chair only from where it lay open", () => {
  change({ open: true, away: false });
  go("/jobs/job-a");
  expect(tourText()).toMatch(/^.h~/);
  show("/jobs/job-a");
  expect(tourText()).toMatch(/^.o~/);
  go("/data");
  expect(tourText()).toMatch(/^.h~/);
  expect(isShownAt("/", undefined)).toBe(true);
  keepTour("1h~~", "/jobs/job-a");
  expect(tourText()).toMatch(/^1h~/);
});

const answers = {
  me: "hospital",
  partners: ["lab"],
  dealer: "notary",
  tables: { hospital: { dataset: "a", keys: ["id"], label: "y" }, lab: { dataset: "b", keys: ["id"] } },
};
const flow = (id: "psi" | "psi_count" | "train" | "statistics") => {
  const made = templateNamed(id)?.build(answers);
  if (made === undefined) throw new Error(id);
  return made;
};
const job = (id: string, state: string, initiator = "hospital"): Job => ({ id, state, initiator }) as Job;

test("what was done by hand belongs to the card of its operators, not of its name", () => {
  expect(partOf({ ...flow("psi_count"), name: "anything" }, "lab")).toBe("intersect");
  expect(partOf({ ...flow("train"), name: "psi" }, "lab")).toBe("train");
  expect(partOf(flow("train"), "bank")).toBeUndefined();
  expect(partOf({ ...flow("psi"), steps: flow("psi").steps.slice(0, 2) }, "lab")).toBeUndefined();
});

test("a job of the person's own that came to nothing is none of the tour's", () => {
  const flows = new Map([
    ["job-1", flow("train")],
    ["job-2", flow("train")],
    ["job-3", flow("psi_count")],
    ["job-4", flow("psi")],
  ]);
  const jobs = [job("job-1", "FAILED"), job("job-3", "FINISHED", "lab"), job("job-4", "RUNNING")];
  expect(chosenOf(jobs, flows, stage)).toEqual({ intersect: { id: "job-4", isDone: false } });
  expect(chosenOf([...jobs, job("job-2", "FINISHED")], flows, stage).train).toEqual({ id: "job-2", isDone: true });
});

test("cards tick off what was done by hand, and the next one is the first without a tick", () => {
  const byHand = { intersect: { id: "job-1", isDone: true }, train: { id: "job-2", isDone: false } };
  const done = doneOf({ card: 0, open: false, away: false }, byHand);
  expect([...done]).toEqual(["meet", "intersect"]);
  expect(nextCard(0, done)).toBe(2);
  expect(nextCard(3, done)).toBe(3);
  expect(nextCard(0, new Set(["meet", "intersect", "train", "report"]))).toBe(3);
  expect(nextCard(0, new Set())).toBe(0);
});
