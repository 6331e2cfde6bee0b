import { expect, it } from "vitest";
import { setName } from "./commands";
import { joint } from "./fixtures/flows";
import { adopt, forget, refreshed, storeOf } from "./open";
import { makeFlowStore } from "./store";

it("keeps the store of a flow that got its id", () => {
  const store = makeFlowStore({ document: joint() });
  adopt(store, "f-9");
  expect(storeOf("f-9")).toBe(store);
  expect(store.get().id).toBe("f-9");
  forget("f-9");
  expect(storeOf("f-9")).toBeUndefined();
});

it("takes what the node has newer, but not over own changes", () => {
  const store = makeFlowStore({ id: "f-1", version: 2, document: joint() });
  refreshed(store, { version: 1, document: { ...joint(), name: "older" } });
  expect(store.get().doc.name).toBe("joint-risk");
  refreshed(store, { id: "f-1", version: 3, document: { ...joint(), name: "newer" } });
  expect(store.get()).toMatchObject({ version: 3, doc: { name: "newer" } });
  store.run(setName("mine"), "rename");
  refreshed(store, { id: "f-1", version: 4, document: joint() });
  expect(store.get().doc.name).toBe("mine");
});
