/** Numbers of an evaluation that follow from the report: what each known threshold would have decided. */
import type { Confusion, EvaluationReport } from "../documents";

export interface Point {
  threshold: number;
  confusion: Confusion;
  tpr: number;
  fpr: number;
  precision: number | null;
  recall: number | null;
  accuracy: number;
  f1: number | null;
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

export function pointOf(threshold: number, confusion: Confusion): Point {
  const { tp, fp, tn, fn } = confusion;
  return {
    threshold,
    confusion,
    tpr: share(tp, tp + fn) ?? 0,
    fpr: share(fp, fp + tn) ?? 0,
    precision: share(tp, tp + fp),
    recall: share(tp, tp + fn),
    accuracy: (tp + tn) / (tp + fp + tn + fn),
    f1: share(2 * tp, 2 * tp + fp + fn),
  };
}

/** By rising threshold: the corners of the ROC curve, which are exact, and the threshold of the report. */
export function pointsOf(report: EvaluationReport): Point[] {
  const { positives, negatives } = report;
  const corners = report.roc.flatMap(({ tpr, fpr, threshold }) => {
    if (threshold === null) return [];
    const tp = Math.round(tpr * positives);
    const fp = Math.round(fpr * negatives);
    return [pointOf(threshold, { tp, fp, tn: negatives - fp, fn: positives - tp })];
  });
  const chosen = pointOf(report.threshold.value, report.threshold.confusion);
  const others = corners.filter((point) => point.threshold !== chosen.threshold);
  return [...others, chosen].sort((one, other) => one.threshold - other.threshold);
}

export const placeOf = (points: Point[], threshold: number): number =>
  Math.max(
    0,
    points.findIndex((point) => point.threshold === threshold),
  );

export interface ScoreBin {
  low: number;
  high: number;
  positives: number;
  negatives: number;
}

/** Scores by class, in tenths: counts are whole, so the rates of the report give them back exactly. */
export function scoreBins(report: EvaluationReport): ScoreBin[] {
  return (report.calibration ?? []).map(({ low, high, rows, positive_rate }) => {
    const positives = Math.round(rows * (positive_rate ?? 0));
    return { low, high, positives, negatives: rows - positives };
  });
}

/** Share of each class that scores below a threshold; KS is where they are furthest apart. */
export function ksCurve(report: EvaluationReport): { threshold: number; positives: number; negatives: number }[] {
  return report.roc
    .flatMap(({ tpr, fpr, threshold }) =>
      threshold === null ? [] : [{ threshold, positives: 1 - tpr, negatives: 1 - fpr }],
    )
    .sort((one, other) => one.threshold - other.threshold);
}
