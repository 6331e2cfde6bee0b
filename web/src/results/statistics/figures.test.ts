import { expect, test } from "vitest";
import type { StatisticsReport } from "../documents";
import document from "../fixtures/statistics.json";
import { byDifference, canStandardise, deviation, measured, standardised, withheldCells } from "./figures";

const report = document as unknown as StatisticsReport;

test("deviations follow from variances", () => {
  expect(deviation({ variance: 9 })).toBe(3);
  expect(deviation({ variance: null })).toBeNull();
  expect(deviation(null)).toBeNull();
});

test("a group's mean in deviations of all", () => {
  const cells = [report.overall.cells[0], report.groups[0]?.cells[0]];
  const expected = ((cells[1]?.mean ?? 0) - (cells[0]?.mean ?? 0)) / Math.sqrt(cells[0]?.variance ?? 1);
  expect(standardised(report, 0, 0)).toBeCloseTo(expected, 12);
  expect(canStandardise(report)).toBe(true);
});

test("what is withheld is not a number", () => {
  const [first, ...rest] = report.groups;
  const held = { ...report, groups: [{ ...first, cells: [null, ...(first?.cells.slice(1) ?? [])] }, ...rest] };
  expect(withheldCells(held as StatisticsReport)).toBe(1);
  expect(standardised(held as StatisticsReport, 0, 0)).toBeNull();
  expect(measured(null, "mean")).toBeUndefined();
  expect(measured({ mean: null }, "mean")).toBeNull();
});

test("columns in which groups differ most come first", () => {
  const order = byDifference(report);
  const largest = (column: number): number =>
    Math.max(...report.groups.map((_, group) => Math.abs(standardised(report, group, column) ?? 0)));
  expect(largest(order[0] ?? 0)).toBeGreaterThanOrEqual(largest(order[1] ?? 0));
});
