import { expect, test } from "vitest";
import type { Operator } from "../../api/types";
import operators from "../../forms/fixtures/operators.json";
import type { FlowDoc } from "../document";
import { added } from "./add";

const specs = new Map(operators.map((spec) => [spec.name, spec as unknown as Operator]));
const empty: FlowDoc = {
  tacit: "1",
  name: "f",
  profile: "2pc-dealer",
  parties: { bank: "data", shop: "data", notary: "dealer" },
  steps: [],
};

function build(...names: string[]): FlowDoc {
  let doc = empty;
  let after: string | undefined;
  for (const name of names) {
    const made = added(doc, specs, specs.get(name) as Operator, after);
    doc = made.command(doc);
    after = made.id;
  }
  return doc;
}

test("a chain of steps is seated and wired by itself", () => {
  const doc = build("dataset.read", "table.profile");
  expect(doc.steps[1]).toMatchObject({ at: { owner: "bank" }, inputs: { table: "read.table" } });
});

test("what follows a match is seated by it, and the dealer is found", () => {
  const begun: FlowDoc = {
    ...empty,
    steps: [
      { id: "a", operator: "dataset.read", at: { owner: "shop" }, inputs: {}, params: {} },
      { id: "b", operator: "dataset.read", at: { owner: "bank" }, inputs: {}, params: {} },
      {
        id: "match",
        operator: "psi",
        at: { receiver: "shop", sender: "bank" },
        inputs: { receiver: "a.table", sender: "b.table" },
        params: {},
      },
    ],
  };
  const made = added(begun, specs, specs.get("stats.joint") as Operator, "match");
  const doc = made.command(begun);
  expect(doc.steps[3]).toMatchObject({ id: "joint", inputs: { aligned: "match.aligned" } });
  expect(doc.steps[3]?.at).toMatchObject({ dealer: "notary" });
});
