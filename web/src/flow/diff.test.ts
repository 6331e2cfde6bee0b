import { describe, expect, it } from "vitest";
import type { Operator } from "../api/types";
import operators from "../forms/fixtures/operators.json";
import { moveSteps, removeSteps, setName, setParam, setProfile, setSeat, setTitle } from "./commands";
import { diffFlows, equal } from "./diff";
import { joint, step } from "./fixtures/flows";

describe("diffFlows", () => {
  it("does not see places and titles", () => {
    const other = setTitle({ en: "Risk" })(moveSteps(new Map([["match", { x: 5, y: 5 }]]))(joint()));
    expect(diffFlows(joint(), other).same).toBe(true);
  });

  it("names what was added, removed and changed", () => {
    const changed = setSeat(
      "match",
      "sender",
      "notary",
    )(setParam("train", ["epochs"], 9)(removeSteps(["evaluate"])(joint())));
    const after = { ...changed, steps: [...changed.steps, step("look", "table.profile", { owner: "lab" })] };
    const diff = diffFlows(joint(), after);
    expect([...diff.steps].map(([id, { kind }]) => [id, kind])).toEqual([
      ["match", "changed"],
      ["train", "changed"],
      ["look", "added"],
      ["evaluate", "removed"],
    ]);
    expect(diff.steps.get("train")?.changes).toEqual([{ what: "param", name: "epochs", before: 5, after: 9 }]);
    expect(diff.steps.get("match")?.changes).toEqual([
      { what: "seat", name: "sender", before: "lab", after: "notary" },
    ]);
    expect(diff.reordered).toBe(false);
  });

  it("tells an explicit default from none, as the hash does", () => {
    const diff = diffFlows(joint(), setParam("match", ["reveal"], "rows")(joint()));
    expect(diff.steps.get("match")?.changes).toEqual([
      { what: "param", name: "reveal", before: undefined, after: "rows" },
    ]);
  });

  it("with the declarations, sees no difference between a default that is written out and one that is not", () => {
    const specs = new Map((operators as unknown as Operator[]).map((spec) => [spec.name, spec]));
    const spelled = setParam("match", ["reveal"], "rows")(joint());
    expect(diffFlows(joint(), spelled, specs)).toMatchObject({ same: true, spelled: true });
    const other = diffFlows(joint(), setParam("match", ["reveal"], "count")(joint()), specs);
    expect(other.steps.get("match")?.changes).toEqual([
      { what: "param", name: "reveal", before: "rows", after: "count", default: "rows" },
    ]);
  });

  it("names another order, name and profile", () => {
    const turned = { ...joint(), steps: joint().steps.toReversed() };
    expect(diffFlows(joint(), turned)).toMatchObject({ same: false, reordered: true });
    expect(diffFlows(joint(), setProfile("2pc")(setName("b")(joint())))).toMatchObject({
      name: { before: "joint-risk", after: "b" },
      profile: { before: "2pc-dealer", after: "2pc" },
    });
  });

  it("compares values by what they hold", () => {
    expect(equal({ a: [1, { b: null }], c: "x" }, { c: "x", a: [1, { b: null }] })).toBe(true);
    expect(equal([1, 2], { 0: 1, 1: 2 })).toBe(false);
    expect(equal(null, {})).toBe(false);
  });
});
