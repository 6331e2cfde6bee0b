// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Problem } from "../../api/problem";
import type { FlowDraft } from "../../api/types";
import { setName } from "../commands";
import { emptyFlow, type FlowDoc } from "../document";
import { type FlowStore, makeFlowStore } from "../store";
import { type Gateway, type Keeper, type Local, type LocalDraft, makeKeeper } from "./keeper";

const doc = emptyFlow("bank");
const draft = (document: FlowDoc, version: number): FlowDraft =>
  ({ id: "f-1", version, document, agreement: null, updated_by: "user:mei" }) as unknown as FlowDraft;

let store: FlowStore;
let gateway: { [K in keyof Gateway]: ReturnType<typeof vi.fn> };
let kept: Map<string, LocalDraft>;
const seen = { created: vi.fn(), conflict: vi.fn(), trouble: vi.fn() };
let keeper: Keeper;

function begin(saved: boolean): void {
  store = makeFlowStore(saved ? { id: "f-1", version: 1, document: doc } : { document: doc });
  kept = new Map();
  const local: Local = {
    read: (id) => kept.get(id ?? "new"),
    write: (id, value) => kept.set(id ?? "new", value),
    drop: (id) => kept.delete(id ?? "new"),
  };
  gateway = { create: vi.fn(), save: vi.fn(), read: vi.fn() };
  keeper = makeKeeper(store, {
    gateway: gateway as unknown as Gateway,
    local,
    onCreated: seen.created,
    onConflict: seen.conflict,
    onTrouble: seen.trouble,
  });
}
const change = (name: string): void => store.run(setName(name), "name");

beforeEach(() => {
  vi.useFakeTimers();
  for (const spy of Object.values(seen)) spy.mockReset();
});
afterEach(() => {
  keeper.stop();
  vi.useRealTimers();
});

describe("a saved flow", () => {
  beforeEach(() => begin(true));

  test("is kept in the browser at once and at the node a second later", async () => {
    gateway.save.mockResolvedValue(draft(doc, 2));
    change("one");
    expect(kept.get("f-1")?.document.name).toBe("one");
    expect(gateway.save).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(gateway.save).toHaveBeenCalledWith("f-1", { document: store.get().doc, version: 1 });
    expect(store.get()).toMatchObject({ saved: "saved", version: 2 });
    expect(kept.size).toBe(0);
  });

  test("saves once for many changes, and again for one that came meanwhile", async () => {
    let answer: (value: FlowDraft) => void = () => {};
    gateway.save.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
    gateway.save.mockResolvedValue(draft(doc, 3));
    change("one");
    change("two");
    await vi.advanceTimersByTimeAsync(1_000);
    change("three");
    answer(draft(doc, 2));
    await vi.advanceTimersByTimeAsync(3_000);
    expect(gateway.save.mock.calls.map(([, body]) => [body.document.name, body.version])).toEqual([
      ["two", 1],
      ["three", 2],
    ]);
    expect(store.get().saved).toBe("saved");
  });

  test("waits for the node and tries again", async () => {
    gateway.save.mockRejectedValueOnce(new Problem(0, {}));
    gateway.save.mockResolvedValue(draft(doc, 2));
    change("one");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(store.get().saved).toBe("offline");
    expect(kept.has("f-1")).toBe(true);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(store.get().saved).toBe("saved");
    expect(seen.trouble).toHaveBeenLastCalledWith(undefined);
  });

  test("asks after a conflict, and saves on top of the other version", async () => {
    const theirs = draft(emptyFlow("bank", "theirs"), 5);
    gateway.save.mockRejectedValueOnce(new Problem(409, { code: "flow.conflict" }));
    gateway.read.mockResolvedValue(theirs);
    change("mine");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(store.get().saved).toBe("conflict");
    expect(seen.conflict).toHaveBeenCalledWith(theirs);
    gateway.save.mockResolvedValue(draft(doc, 6));
    await keeper.overwrite(theirs);
    expect(gateway.save).toHaveBeenLastCalledWith("f-1", expect.objectContaining({ version: 5 }));
    expect(store.get()).toMatchObject({ saved: "saved", version: 6 });
  });

  test("takes the other version, and undo brings the own one back", async () => {
    change("mine");
    keeper.accept(draft(emptyFlow("bank", "theirs"), 5));
    expect(store.get()).toMatchObject({ saved: "saved", version: 5 });
    expect(store.get().doc.name).toBe("theirs");
    store.undo();
    expect(store.get().doc.name).toBe("mine");
  });

  test("knows its own version again when the answer was lost", async () => {
    gateway.save.mockRejectedValueOnce(new Problem(409, { code: "flow.conflict" }));
    gateway.read.mockImplementation(async () => draft(store.get().doc, 2));
    change("mine");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(seen.conflict).not.toHaveBeenCalled();
    expect(store.get()).toMatchObject({ saved: "saved", version: 2 });
  });

  test("is not saved for a look at another flow", async () => {
    store.load({ id: "f-2", version: 9, document: emptyFlow("bank", "other") });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(gateway.save).not.toHaveBeenCalled();
  });
});

test("a new flow gets its id with its first change", async () => {
  begin(false);
  gateway.create.mockResolvedValue(draft(doc, 1));
  await vi.advanceTimersByTimeAsync(2_000);
  expect(gateway.create).not.toHaveBeenCalled();
  change("first");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(seen.created).toHaveBeenCalled();
  expect(store.get()).toMatchObject({ id: "f-1", version: 1, saved: "saved" });
  expect(kept.size).toBe(0);
});
