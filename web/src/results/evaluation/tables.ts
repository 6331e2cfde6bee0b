/** The charts of an evaluation, in figures. */
import type { ChartTable } from "../../charts/csv";
import type { EvaluationReport } from "../documents";
import { ksCurve, scoreBins } from "./figures";
import type { Words } from "./words";

export const roc = (report: EvaluationReport, words: Words): ChartTable => ({
  columns: [words.threshold, words.fpr, words.tpr],
  rows: report.roc.map(({ threshold, fpr, tpr }) => [threshold, fpr, tpr]),
});

export const scores = (report: EvaluationReport, words: Words): ChartTable => ({
  columns: [words.from, words.to, words.negatives, words.positives],
  rows: scoreBins(report).map((bin) => [bin.low, bin.high, bin.negatives, bin.positives]),
});

export const ks = (report: EvaluationReport, words: Words): ChartTable => ({
  columns: [words.threshold, words.negatives, words.positives],
  rows: ksCurve(report).map((point) => [point.threshold, point.negatives, point.positives]),
});

export const gain = (report: EvaluationReport, words: Words): ChartTable => ({
  columns: [words.depth, words.caught],
  rows: report.gain.map((point) => [point.depth, point.gain]),
});

export const lift = (report: EvaluationReport, words: Words): ChartTable => ({
  columns: [words.depth, words.lift],
  rows: report.gain.map((point) => [point.depth, point.lift]),
});

export const calibration = (report: EvaluationReport, words: Words): ChartTable => ({
  columns: [words.from, words.to, words.rows, words.meanScore, words.rate],
  rows: (report.calibration ?? []).map((bin) => [bin.low, bin.high, bin.rows, bin.mean_score, bin.positive_rate]),
});
