import { expect, test } from "vitest";
import type { PolicyBody } from "../../../api/types";
import { bodyOf, type Clause, draftOf, faultsOf, newClause } from "./document";

const policy = {
  note: "why",
  rules: [
    {
      id: "stay",
      effect: "deny",
      note: "",
      scope: { columns: ["salary*"], uses: null, receivers: null },
      bounds: { min_group: null, obligations: [] },
    },
    { id: "figures", effect: "limit", note: "", scope: {}, bounds: { min_group: 30, obligations: [] } },
  ],
  exceptions: [
    { id: "segment", note: "", scope: { columns: ["segment"], uses: ["plaintext"] }, bounds: { obligations: [] } },
  ],
} as unknown as PolicyBody;

test("a policy becomes a form and back, without what it does not say", () => {
  const draft = draftOf(policy, 3);
  expect(draft.clauses.map((one) => [one.id, one.effect])).toEqual([
    ["stay", "deny"],
    ["figures", "limit"],
    ["segment", "lift"],
  ]);
  expect(draft.clauses[0]?.scope).toEqual({ columns: ["salary*"] });
  expect(bodyOf(draft)).toEqual({
    note: "why",
    rules: [
      { id: "stay", effect: "deny", note: "", scope: { columns: ["salary*"] }, bounds: { obligations: [] } },
      { id: "figures", effect: "limit", note: "", scope: {}, bounds: { obligations: [], min_group: 30 } },
    ],
    exceptions: [
      { id: "segment", note: "", scope: { columns: ["segment"], uses: ["plaintext"] }, bounds: { obligations: [] } },
    ],
  });
});

test("what the node would refuse is told", () => {
  const clauses: Clause[] = [];
  const lift = newClause("lift", clauses);
  expect(faultsOf(lift, [lift])).toEqual(["no_columns", "no_uses"]);
  const limit: Clause = { ...newClause("limit", [lift]), bounds: {} };
  expect(faultsOf(limit, [limit])).toEqual(["no_bound"]);
  const twin: Clause = { ...newClause("deny", []), id: limit.id };
  expect(faultsOf(twin, [twin, limit])).toEqual(["twice"]);
  expect(newClause("deny", [newClause("deny", [])]).id).toBe("deny-2");
});
