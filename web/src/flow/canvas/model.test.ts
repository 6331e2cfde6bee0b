import { expect, it } from "vitest";
import type { FlowProblem, JobDetail } from "../../api/types";
import { moveSteps, setParam, setSeat } from "../commands";
import { diffFlows } from "../diff";
import { joint, large, specs } from "../fixtures/flows";
import { litFor, litPorts } from "./lit";
import { makeModel, type Picture, wireOf } from "./model";

const hues = new Map([
  ["hospital", 0],
  ["lab", 1],
  ["notary", 2],
]);
const picture = (more: Partial<Picture> = {}): Picture => ({ doc: joint(), specs, hues, readOnly: false, ...more });

it("draws a box for every step and a wire for every input", () => {
  const model = makeModel();
  expect(model.boxes(picture()).map((box) => box.id)).toEqual(joint().steps.map((step) => step.id));
  const wires = model.wires(picture());
  expect(wires).toHaveLength(7);
  expect(wires.find((wire) => wire.id === "match:receiver")?.data).toMatchObject({
    placement: "one",
    parties: ["hospital"],
    bad: false,
  });
  expect(wires.find((wire) => wire.id === "predict:model")?.data).toMatchObject({ placement: "shared" });
  expect(wireOf(joint(), "match:receiver")).toMatchObject({ from: { step: "rows", port: "table" } });
});

it("keeps what did not change as it was", () => {
  const model = makeModel();
  const doc = joint();
  const before = model.boxes(
    picture({ doc: moveSteps(new Map(doc.steps.map((one, x) => [one.id, { x, y: 0 }])))(doc) }),
  );
  const placed = { ...doc, steps: before.map((box) => ({ ...box.data.step })) };
  const again = makeModel();
  const first = again.boxes(picture({ doc: placed }));
  const second = again.boxes(picture({ doc: setParam("train", ["epochs"], 9)(placed) }));
  expect(second.map((box, place) => box === first[place])).toEqual([true, true, true, true, false, true, true]);
});

it("marks wires that do not fit", () => {
  const wires = makeModel().wires(picture({ doc: setSeat("match", "receiver", "lab")(joint()) }));
  expect(wires.find((wire) => wire.id === "match:receiver")?.data?.bad).toBe(true);
});

it("counts problems and shows the state of a job", () => {
  const problems = [{ step: "match" }, { step: "match" }, { step: null }] as FlowProblem[];
  const part = { state: "SUCCESS", code: null, report: null };
  const progress = { done: 3, total: 4, note: "" };
  const step = { id: "train", state: "RUNNING", progress, parties: { hospital: part } };
  const boxes = makeModel().boxes(picture({ problems, job: { steps: [step] } as unknown as JobDetail }));
  expect(boxes.find((box) => box.id === "match")?.data.problems).toBe(2);
  expect(boxes.find((box) => box.id === "train")?.data).toMatchObject({
    state: "RUNNING",
    done: 0.75,
    sides: "hospital SUCCESS",
  });
});

it("shows removed steps as ghosts", () => {
  const diff = diffFlows(joint(), { ...joint(), steps: joint().steps.slice(1) });
  const boxes = makeModel().boxes(picture({ doc: { ...joint(), steps: joint().steps.slice(1) }, diff }));
  expect(boxes.find((box) => box.id === "rows")).toMatchObject({ draggable: false, data: { diff: "removed" } });
});

it("says which ports stay lit", () => {
  const lit = litFor(joint(), specs, { step: "rows", port: "table", side: "out" });
  expect(litPorts(lit, "rows")).toBe("out table");
  expect(litPorts(lit, "match")).toBe("in receiver,sender");
  expect(litPorts(lit, "train")).toBe("");
  expect(litPorts(undefined, "train")).toBeUndefined();
});

it("draws 300 boxes and 500 wires quickly, and again quicker", () => {
  const model = makeModel();
  const doc = large(300, 500);
  model.boxes(picture({ doc }));
  model.wires(picture({ doc }));
  const moved = moveSteps(new Map([["s7", { x: 9, y: 9 }]]))(doc);
  const start = performance.now();
  expect(model.boxes(picture({ doc: moved }))).toHaveLength(300);
  expect(model.wires(picture({ doc: moved }))).toHaveLength(500);
  expect(performance.now() - start).toBeLessThan(3000);
});
