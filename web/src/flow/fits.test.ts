import { describe, expect, it } from "vitest";
import type { Operator, Port } from "../api/types";
import { addStep, connect, setSeat } from "./commands";
import { choices, fits, misfit, possible, seatsOf, targets } from "./fits";
import { joint, spec, specs, step } from "./fixtures/flows";
import wiring from "./fixtures/wiring.json";

type Seating = { source: Record<string, Record<string, string>>; target: Record<string, Record<string, string>> };
const LETTERS = { kind: "k", placement: "p", holders: "h", seats: "s" } as const;

function portOf(name: string, side: "inputs" | "outputs"): { operator: Operator; port: Port } {
  const [operator = "", port = ""] = name.split(":");
  const found = spec(operator)[side].find((one) => one.name === port);
  if (found === undefined) throw new Error(name);
  return { operator: spec(operator), port: found };
}

function verdict(output: string, input: string, seating: Seating): string {
  const [source, target] = [portOf(output, "outputs"), portOf(input, "inputs")];
  const found = misfit(
    { at: seating.source[source.operator.name] ?? {}, spec: source.operator, port: source.port },
    { at: seating.target[target.operator.name] ?? {}, spec: target.operator, port: target.port },
  );
  return found === undefined ? "." : LETTERS[found];
}

describe("misfit", () => {
  const seatings = wiring.seatings as unknown as Record<string, Seating>;
  it.each(Object.entries(wiring.verdicts))("is what the node's check finds: %s", (name, rows) => {
    const seating = seatings[name] as Seating;
    const found = wiring.outputs.map((output) =>
      wiring.inputs.map((input) => verdict(output, input, seating)).join(""),
    );
    expect(found).toEqual(rows);
  });

  it("sees another placement", () => {
    const { operator, port } = portOf("psi:aligned", "outputs");
    const input = { ...portOf("table.split:aligned", "inputs").port, placement: "one" };
    expect(misfit({ at: {}, spec: operator, port }, { at: {}, spec: spec("table.split"), port: input })).toBe(
      "placement",
    );
  });
});

describe("fits", () => {
  const from = { step: "match", port: "aligned" };

  it("fills the empty seats of the target from the source", () => {
    const doc = { ...joint(), steps: [...joint().steps, step("fit", "preprocess.fit", {})] };
    const fit = fits(doc, specs, from, { step: "fit", port: "aligned" });
    expect(fit).toEqual({ ok: true, seats: { first: "hospital", second: "lab" } });
  });

  it("offers other seats where the seated do not hold the data", () => {
    const doc = { ...joint(), steps: [...joint().steps, step("look", "table.profile", { owner: "lab" })] };
    const fit = fits(doc, specs, { step: "rows", port: "table" }, { step: "look", port: "table" });
    expect(fit).toEqual({ ok: false, why: "holders", offer: { owner: "hospital" } });
    expect(possible(fit)).toBe(true);
  });

  it("offers the two of a match in the other order", () => {
    const doc = {
      ...joint(),
      steps: [...joint().steps, step("again", "psi", { receiver: "lab", sender: "hospital" })],
    };
    const fit = fits(doc, specs, { step: "rows", port: "table" }, { step: "again", port: "receiver" });
    expect(fit).toEqual({ ok: false, why: "holders", offer: { receiver: "hospital", sender: "lab" } });
  });

  it("keeps a share with its role", () => {
    const turned = connect(
      { step: "train", port: "model" },
      { step: "predict", port: "model" },
    )(setSeat("predict", "label", "lab")(setSeat("predict", "feature", "hospital")(joint())));
    const fit = fits(turned, specs, { step: "train", port: "model" }, { step: "predict", port: "model" });
    expect(fit).toMatchObject({ ok: false, why: "seats", offer: { label: "hospital", feature: "lab" } });
  });

  it("refuses kinds, circles and what is not known", () => {
    const doc = joint();
    expect(fits(doc, specs, { step: "match", port: "report" }, { step: "split", port: "aligned" })).toEqual({
      ok: false,
      why: "kind",
    });
    expect(fits(doc, specs, { step: "split", port: "train" }, { step: "split", port: "aligned" })).toMatchObject({
      why: "cycle",
    });
    expect(fits(doc, specs, { step: "gone", port: "train" }, { step: "split", port: "aligned" })).toMatchObject({
      why: "unknown",
    });
  });

  it("lists what may be joined, the ready ones first", () => {
    expect(choices(joint(), specs, { step: "match", port: "sender" })[0]).toEqual({ step: "tests", port: "table" });
    expect(targets(joint(), specs, { step: "rows", port: "table" })).toContainEqual({ step: "match", port: "sender" });
    expect(targets(joint(), specs, { step: "train", port: "model" })).toEqual([{ step: "predict", port: "model" }]);
  });
});

describe("seatsOf", () => {
  it("seats data parties and the dealer in the order of the flow", () => {
    expect(seatsOf(joint(), spec("logistic_regression.train"), "lab")).toEqual({
      label: "lab",
      feature: "hospital",
      dealer: "notary",
    });
  });

  it("makes steps that the node's own check would seat alike", () => {
    const at = seatsOf(joint(), spec("psi"));
    const doc = addStep({ id: "second", spec: spec("psi"), at })(joint());
    expect(doc.steps.at(-1)?.at).toEqual({ receiver: "hospital", sender: "lab" });
  });
});
