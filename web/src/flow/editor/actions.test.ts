// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from "vitest";
import { makeStore } from "../../core/store";
import type { Words } from "../canvas/words";
import { stepOf } from "../document";
import { joint, spec, specs } from "../fixtures/flows";
import { makeFlowStore } from "../store";
import { makeActions } from "./actions";
import type { Question } from "./context";

const words: Words = { t: (key) => key, w: (text) => text?.en ?? "" };

function made() {
  const store = makeFlowStore({ id: "f-1", document: joint() });
  store.put({ specs });
  const question = makeStore<Question | undefined>(undefined);
  const wires = makeStore<ReadonlySet<string>>(new Set());
  const said = makeStore("");
  const ground = { store, question, wires, said, words: () => words, canvas: () => undefined, me: "hospital" };
  return { store, question, wires, said, actions: makeActions(ground) };
}

describe("actions", () => {
  let it_: ReturnType<typeof made>;
  beforeEach(() => {
    it_ = made();
  });

  it("adds after the chosen step, wired where there is one way only", () => {
    const { store, actions, said } = it_;
    store.select(["rows"]);
    actions.add(spec("table.profile"));
    expect(stepOf(store.get().doc, "profile")).toMatchObject({
      at: { owner: "hospital" },
      inputs: { table: "rows.table" },
    });
    expect(store.get().selection).toEqual(["profile"]);
    expect(said.get()).toContain("said.added");
  });

  it("writes down where all boxes stand with the first change", () => {
    const { store, actions } = it_;
    actions.add(spec("table.profile"), { place: { x: 0, y: 900 } });
    expect(store.get().doc.steps.every((step) => step.layout !== undefined)).toBe(true);
    store.undo();
    expect(stepOf(store.get().doc, "profile")).toBeUndefined();
  });

  it("adds before an input, with the parties that it needs", () => {
    const { store, actions } = it_;
    actions.add(spec("dataset.read"), { end: { step: "match", port: "sender", side: "in" } });
    expect(stepOf(store.get().doc, "read")?.at).toEqual({ owner: "lab" });
    expect(stepOf(store.get().doc, "match")?.inputs?.sender).toBe("read.table");
  });

  it("asks before it changes seats", () => {
    const { store, actions, question } = it_;
    actions.connect({ step: "tests", port: "table" }, { step: "match", port: "receiver" });
    expect(question.get()).toMatchObject({ kind: "offer", seats: { receiver: "lab", sender: "hospital" } });
    expect(store.get().canUndo).toBe(false);
  });

  it("removes chosen wires before steps", () => {
    const { store, actions, wires } = it_;
    store.select(["match"]);
    wires.set(new Set(["split:aligned"]));
    actions.remove();
    expect(stepOf(store.get().doc, "split")?.inputs).toEqual({});
    expect(stepOf(store.get().doc, "match")).toBeDefined();
    actions.remove();
    expect(stepOf(store.get().doc, "match")).toBeUndefined();
  });

  it("copies and pastes through text", () => {
    const { store, actions } = it_;
    store.select(["match", "split"]);
    const text = actions.copied() ?? "";
    expect(actions.paste("no steps")).toBe(false);
    expect(actions.paste(text)).toBe(true);
    expect(store.get().selection).toEqual(["match_2", "split_2"]);
  });

  it("goes along wires and takes nudges as one step of undo", () => {
    const { store, actions } = it_;
    store.select(["split"]);
    actions.go("left");
    expect(store.get().selection).toEqual(["match"]);
    actions.go("right", true);
    expect(store.get().selection).toEqual(["match", "split"]);
    for (let turn = 0; turn < 3; turn += 1) actions.nudge("down");
    store.undo();
    expect(store.get().canUndo).toBe(false);
  });

  it("goes through the wires of a step", () => {
    const { store, actions, wires, said } = it_;
    store.select(["rows"]);
    actions.nextWire();
    expect([...wires.get()]).toEqual(["match:receiver"]);
    expect(said.get()).toContain("rows.table → match.receiver");
  });
});
