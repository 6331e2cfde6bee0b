import { expect, test } from "vitest";
import type { EvaluationReport } from "../documents";
import document from "../fixtures/evaluation.json";
import { ksCurve, placeOf, pointsOf, scoreBins } from "./figures";

const report = document as unknown as EvaluationReport;

test("the report's threshold is among the points, with its own figures", () => {
  const points = pointsOf(report);
  const chosen = points[placeOf(points, report.threshold.value)];
  expect(chosen?.confusion).toEqual(report.threshold.confusion);
  expect(chosen?.accuracy).toBeCloseTo(report.threshold.accuracy, 12);
  expect(chosen?.f1).toBeCloseTo(report.threshold.f1 ?? 0, 12);
});

test("every point counts every row", () => {
  for (const { confusion } of pointsOf(report)) {
    expect(confusion.tp + confusion.fn).toBe(report.positives);
    expect(confusion.fp + confusion.tn).toBe(report.negatives);
  }
});

test("points rise with the threshold, rates fall", () => {
  const points = pointsOf(report);
  for (const [place, point] of points.entries()) {
    const next = points[place + 1];
    if (next !== undefined) expect(next.tpr).toBeLessThanOrEqual(point.tpr);
  }
});

test("score bins hold every row of each class", () => {
  const bins = scoreBins(report);
  expect(bins.reduce((sum, bin) => sum + bin.positives, 0)).toBe(report.positives);
  expect(bins.reduce((sum, bin) => sum + bin.negatives, 0)).toBe(report.negatives);
  expect(scoreBins({ ...report, calibration: null })).toEqual([]);
});

test("the largest distance of the curve is KS", () => {
  const widest = Math.max(...ksCurve(report).map((point) => Math.abs(point.negatives - point.positives)));
  expect(widest).toBeCloseTo(report.ks, 9);
});
