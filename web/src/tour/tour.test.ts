import { beforeEach, expect, test } from "vitest";
import type { Column } from "../api/types";
import { change, readProgress, tourText, writeProgress } from "./progress";
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
  const progress = { card: 2, open: true, intersect: "job-a1", train: undefined };
  expect(readProgress(writeProgress(progress))).toEqual(progress);
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
