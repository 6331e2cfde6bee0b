import type { TrainingReport } from "../documents";

/** A last step larger than this share of the loss says that training ended before it was done. */
const MUCH = 0.01;

export function isStillFalling({ epochs }: Pick<TrainingReport, "epochs">): boolean {
  const [before, last] = epochs.slice(-2).map(({ loss }) => loss);
  return before !== undefined && last !== undefined && before > 0 && (before - last) / before > MUCH;
}
