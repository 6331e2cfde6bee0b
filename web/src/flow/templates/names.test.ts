import { expect, test } from "vitest";
import { isName } from "../document";
import { named, numbered, placeOf } from "./names";
import { templateNamed } from "./templates";

const tables = { bank: { dataset: "a", keys: ["id"] }, shop: { dataset: "b", keys: ["id"] } };
const doc = templateNamed("psi_count")?.build({ me: "bank", partners: ["shop"], tables });

test("no two flows have one name, so that nobody is shown a change against another flow", async () => {
  if (doc === undefined) throw new Error("no template");
  const first = await named(doc, "psi_count", new Set(), "Customer churn");
  expect([first.name, first.title]).toEqual([
    "psi-count",
    { en: "Customer churn: How many in common", zh: "Customer churn：共有数量" },
  ]);
  const second = await named(doc, "psi_count", new Set(["psi-count", "psi-count-2"]));
  expect([second.name, second.title?.en]).toEqual(["psi-count-3", "How many in common (3)"]);
  expect({ ...second, name: doc.name, title: undefined }).toEqual({ ...doc, title: undefined });
});

test("a number fits into the longest name", () => {
  const long = "a".repeat(63);
  expect(placeOf(long, new Set([long]))).toBe(2);
  expect(isName(numbered(long, 12))).toBe(true);
  expect(numbered(long, 12).endsWith("-12")).toBe(true);
});
