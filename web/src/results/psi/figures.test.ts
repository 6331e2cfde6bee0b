import { expect, test } from "vitest";
import type { PsiReport } from "../documents";
import dp from "../fixtures/psi_dp.json";
import many from "../fixtures/psi_many.json";
import rows from "../fixtures/psi_rows.json";
import threshold from "../fixtures/psi_threshold.json";
import { overlapOf, reconcile } from "./figures";

const report = (document: object): PsiReport => document as unknown as PsiReport;

test("rows read add up to keys used", () => {
  const { fates, gap } = reconcile(report(rows));
  expect(gap).toBe(0);
  expect(fates.map((fate) => fate.count)).toEqual([5000, 148, 0, 384, 4468, 3007]);
  expect(fates[3]?.from).toBe(4468);
});

test("a report that does not add up is seen", () => {
  expect(reconcile(report({ ...rows, keys_used: 4460 })).gap).toBe(8);
});

test("what is not revealed is not drawn", () => {
  expect(reconcile(report(threshold)).fates.map((fate) => fate.key)).not.toContain("matched");
  expect(overlapOf(report(threshold), "sender")).toMatchObject({ common: null, all: null });
});

test("the overlap of two", () => {
  const { sides, all } = overlapOf(report(rows), "sender");
  expect(all).toBe(4468 + 6000 - 3007);
  expect(sides.map((side) => side.rate)).toEqual([3007 / 4468, 3007 / 6000]);
});

test("noise cannot lead out of the picture", () => {
  expect(overlapOf(report({ ...dp, matched: -3 }), "sender").common).toBe(0);
  expect(overlapOf(report({ ...dp, matched: 9000 }), "sender").common).toBe(4468);
});

test("the overlap of many has one bar for each", () => {
  const { sides, all } = overlapOf(report(many), "sender");
  expect(sides.map((side) => side.role)).toEqual(["leader", "member_2", "member_3"]);
  expect(all).toBeNull();
});
