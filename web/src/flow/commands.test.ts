import { describe, expect, it } from "vitest";
import * as act from "./commands";
import { stepOf } from "./document";
import { joint, large, spec } from "./fixtures/flows";

describe("commands", () => {
  it("adds a step at the end, with wires and a place inside the bound", () => {
    const added = act.addStep({
      id: "fit",
      spec: spec("preprocess.fit"),
      place: { x: 99_999.6, y: 12.4 },
      inputs: { aligned: { step: "split", port: "train" } },
    })(joint());
    expect(added.steps.at(-1)).toMatchObject({
      id: "fit",
      inputs: { aligned: "split.train" },
      layout: { x: 20_000, y: 12 },
    });
  });

  it("chooses free ids", () => {
    expect(act.freeId(joint(), "table.profile")).toBe("profile");
    expect(act.freeId(joint(), "match")).toBe("match_2");
    expect(act.freeId(joint(), "match", ["match_2"])).toBe("match_3");
    expect(act.freeId(joint(), "logistic_regression.train")).toBe("train_2");
  });

  it("removes steps with their wires and keeps the order", () => {
    const left = act.removeSteps(["match"])(joint());
    expect(left.steps.map((step) => step.id)).toEqual(["rows", "tests", "split", "train", "predict", "evaluate"]);
    expect(stepOf(left, "split")?.inputs).toEqual({});
    expect(act.removeSteps(["nobody"])(left)).toBe(left);
  });

  it("replaces the one wire of an input, and takes it out", () => {
    const doc = act.connect(
      { step: "tests", port: "table" },
      { step: "match", port: "receiver" },
      { receiver: "lab" },
    )(joint());
    expect(stepOf(doc, "match")).toMatchObject({ at: { receiver: "lab" }, inputs: { receiver: "tests.table" } });
    const cut = act.disconnect({ step: "match", port: "receiver" })(doc);
    expect(stepOf(cut, "match")?.inputs).toEqual({ sender: "tests.table" });
    expect(act.disconnect({ step: "match", port: "receiver" })(cut)).toBe(cut);
  });

  it("sets and takes out parameters, inner ones too", () => {
    const set = act.setParam("train", ["stop", "patience"], 3)(joint());
    expect(stepOf(set, "train")?.params).toEqual({ epochs: 5, stop: { patience: 3 } });
    const list = act.setParam("rows", ["keys", 1], "name")(joint());
    expect(stepOf(list, "rows")?.params?.keys).toEqual(["id", "name"]);
    expect(stepOf(act.setParam("rows", ["keys", 0], undefined)(list), "rows")?.params?.keys).toEqual(["name"]);
    const same = joint();
    expect(act.setParam("train", ["epochs"], 5)(same)).toBe(same);
    expect(stepOf(act.setParam("train", ["epochs"], undefined)(same), "train")?.params).toEqual({});
  });

  it("renames with all references, but never onto another step", () => {
    const doc = act.rename("match", "meeting")(joint());
    expect(stepOf(doc, "split")?.inputs).toEqual({ aligned: "meeting.aligned" });
    expect(act.rename("meeting", "rows")(doc)).toBe(doc);
    expect(act.rename("meeting", "Not a name")(doc)).toBe(doc);
  });

  it("takes a party from its seats when it leaves", () => {
    const doc = act.setParties({ hospital: "data", notary: "dealer" })(joint());
    expect(stepOf(doc, "match")?.at).toEqual({ receiver: "hospital" });
  });

  it("moves boxes without touching the others or the order", () => {
    const doc = joint();
    const moved = act.moveSteps(new Map([["match", { x: 10.4, y: -3 }]]))(doc);
    expect(stepOf(moved, "match")?.layout).toEqual({ x: 10, y: -3 });
    expect(stepOf(moved, "rows")).toBe(stepOf(doc, "rows"));
    expect(act.moveSteps(new Map([["match", { x: 10, y: -3 }]]))(moved)).toBe(moved);
  });

  it("keeps the picture when the text is replaced", () => {
    const doc = act.moveSteps(new Map([["match", { x: 7, y: 8 }]]))(joint());
    expect(stepOf(act.replaceAll({ ...joint(), name: "other" })(doc), "match")?.layout).toEqual({ x: 7, y: 8 });
  });

  it("makes large flows as asked", () => {
    const doc = large(300, 500);
    expect(doc.steps).toHaveLength(300);
    expect(doc.steps.reduce((sum, step) => sum + Object.keys(step.inputs ?? {}).length, 0)).toBe(500);
  });
});
