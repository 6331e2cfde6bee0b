/** How sure an AUC is: its 95 % interval from the rows that were tested. */
import type { EvaluationReport } from "../documents";

const TWO_SIDED_95 = 1.959964;
const FEW_ROWS = 100;

/** The standard error after Hanley and McNeil, Radiology 143 (1982). */
export function standardError(auc: number, positives: number, negatives: number): number {
  const q1 = auc / (2 - auc);
  const q2 = (2 * auc ** 2) / (1 + auc);
  const variance = auc * (1 - auc) + (positives - 1) * (q1 - auc ** 2) + (negatives - 1) * (q2 - auc ** 2);
  return Math.sqrt(Math.max(0, variance) / (positives * negatives));
}

/** Nothing at 0 and 1, where the formula would claim certainty. */
export function intervalOf({ auc, positives, negatives }: EvaluationReport): [number, number] | undefined {
  if (!(auc > 0 && auc < 1 && positives > 0 && negatives > 0)) return undefined;
  const reach = TWO_SIDED_95 * standardError(auc, positives, negatives);
  return [Math.max(0, auc - reach), Math.min(1, auc + reach)];
}

export const isSmall = ({ rows }: EvaluationReport): boolean => rows < FEW_ROWS;
