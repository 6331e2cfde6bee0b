import { expect, test } from "vitest";
import { emptyFlow } from "../document";
import { fileName } from "../exchange/files";
import { makeFlowStore } from "../store";
import { formatIn, formatOf } from "./convert";
import { forgetTyped, hasUnread, keepTyped, typedIn } from "./typed";

test("formats are known by names and by content", () => {
  expect([formatOf("a.yml"), formatOf("a.YAML"), formatOf("a.py"), formatOf("a.json"), formatOf("a.txt")]).toEqual([
    "yaml",
    "yaml",
    "python",
    "json",
    undefined,
  ]);
  expect(formatIn(' {"tacit": "1"}')).toBe("json");
  expect(formatIn("from tacit.flow.python import Draft\n")).toBe("python");
  expect(formatIn('# a flow\ntacit: "1"\n')).toBe("yaml");
  expect(fileName("psi", "python")).toBe("psi.py");
});

test("what cannot be read yet is kept for its flow and format", () => {
  const store = makeFlowStore({ document: emptyFlow("bank") });
  keepTyped(store, "yaml", "tacit: [");
  expect(typedIn(store, "yaml")).toBe("tacit: [");
  expect(typedIn(store, "json")).toBeUndefined();
  expect(hasUnread(store)).toBe(true);
  forgetTyped(store, "yaml");
  expect(hasUnread(store)).toBe(false);
});
