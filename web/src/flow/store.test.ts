import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FlowProblem } from "../api/types";
import { removeSteps, setName, setParam } from "./commands";
import { stepOf } from "./document";
import { joint } from "./fixtures/flows";
import { makeFlowStore } from "./store";

const epochs = (value: number) => setParam("train", ["epochs"], value);

describe("history", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("goes back and forth, and forgets the way forth after another change", () => {
    const store = makeFlowStore({ document: joint() });
    store.run(setName("one"), "rename");
    store.run(setName("two"), "rename");
    store.undo();
    expect(store.get()).toMatchObject({ doc: { name: "one" }, canUndo: true, canRedo: true, redoes: "rename" });
    store.redo();
    expect(store.get().doc.name).toBe("two");
    store.undo();
    store.run(setName("three"), "rename");
    expect(store.get().canRedo).toBe(false);
    store.undo();
    store.undo();
    expect(store.get()).toMatchObject({ doc: { name: "joint-risk" }, canUndo: false });
  });

  it("takes typing in one field as one step", () => {
    const store = makeFlowStore({ document: joint() });
    for (const value of [1, 12, 123]) store.run(epochs(value), "type", "train:epochs");
    vi.advanceTimersByTime(1000);
    store.run(epochs(1234), "type", "train:epochs");
    store.undo();
    expect(stepOf(store.get().doc, "train")?.params?.epochs).toBe(123);
    store.undo();
    expect(stepOf(store.get().doc, "train")?.params?.epochs).toBe(5);
  });

  it("keeps 200 steps and no more", () => {
    const store = makeFlowStore({ document: joint() });
    for (let turn = 0; turn < 250; turn += 1) store.run(setName(`n${turn}`), "rename");
    let steps = 0;
    for (; store.get().canUndo; steps += 1) store.undo();
    expect(steps).toBe(200);
  });

  it("does not count what changes nothing", () => {
    const store = makeFlowStore({ document: joint() });
    const heard = vi.fn();
    store.subscribe(heard);
    store.run(setName("joint-risk"), "rename");
    expect(heard).not.toHaveBeenCalled();
    expect(store.get().canUndo).toBe(false);
  });
});

describe("the rest", () => {
  it("lets go of steps that are gone", () => {
    const store = makeFlowStore({ id: "f-1", document: joint() });
    store.select(["match", "rows"]);
    store.choosePort({ step: "match", port: "aligned", side: "out" });
    store.run(removeSteps(["match"]), "remove");
    expect(store.get()).toMatchObject({ selection: ["rows"], port: undefined, saved: "dirty" });
  });

  it("keeps the chosen port while its step is chosen", () => {
    const store = makeFlowStore({ document: joint() });
    store.choosePort({ step: "match", port: "aligned", side: "out" });
    store.select(["match"]);
    expect(store.get().port?.port).toBe("aligned");
    store.select(["rows"]);
    expect(store.get().port).toBeUndefined();
  });

  it("begins anew with another flow, with the operators that it knows", () => {
    const store = makeFlowStore({ document: joint() });
    const specs = new Map();
    store.put({ specs, saved: "saved" });
    store.run(setName("x"), "rename");
    store.load({ id: "f-2", version: 3, document: joint() });
    expect(store.get()).toMatchObject({ id: "f-2", version: 3, saved: "saved", canUndo: false });
    expect(store.get().specs).toBe(specs);
  });

  it("keeps problems that were found again as the same objects", () => {
    const store = makeFlowStore({ document: joint() });
    const found = (): FlowProblem[] => [{ code: "flow.x", message: "x", step: "match" } as unknown as FlowProblem];
    store.put({ problems: found() });
    const before = store.get().problems;
    store.put({ problems: found(), hash: "h" });
    expect(store.get().problems).toBe(before);
    expect(store.get().hash).toBe("h");
    store.put({ problems: [] });
    expect(store.get().problems).toEqual([]);
  });
});
