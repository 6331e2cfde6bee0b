import { describe, expect, it } from "vitest";
import { copied, duplicate, freshIds, paste, stepsIn } from "./clipboard";
import { emptyFlow, stepOf } from "./document";
import { joint, specs } from "./fixtures/flows";

describe("clipboard", () => {
  it("carries steps as text and refuses anything else", () => {
    expect(stepsIn(copied(joint(), ["match", "rows"]))?.map((step) => step.id)).toEqual(["rows", "match"]);
    for (const text of ["", "hello", '{"tacit-steps": [{"id": 1}]}', '{"tacit-steps": []}', "tacit-steps"])
      expect(stepsIn(text)).toBeUndefined();
  });

  it("duplicates with inner wires turned to the copies and outer ones kept", () => {
    const doc = joint();
    const { command, ids } = duplicate(doc, ["match", "split"], specs);
    const next = command(doc);
    expect(ids).toEqual(["match_2", "split_2"]);
    expect(stepOf(next, "match_2")?.inputs).toEqual({ receiver: "rows.table", sender: "tests.table" });
    expect(stepOf(next, "split_2")?.inputs).toEqual({ aligned: "match_2.aligned" });
  });

  it("pastes into another flow without strangers and loose wires", () => {
    const steps = stepsIn(copied(joint(), ["split"])) ?? [];
    const doc = emptyFlow("hospital");
    const next = paste(steps, freshIds(doc, steps), specs, { x: 0, y: 0 })(doc);
    expect(next.steps).toMatchObject([{ id: "split", at: { first: "hospital" }, inputs: {} }]);
  });
});
