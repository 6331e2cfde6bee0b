/** Where and by whom a job ended badly. */
import type { JobDetail } from "../../api/types";

export interface Cause {
  party: string;
  step: string | null;
  code: string;
}

export const causeOf = (job: JobDetail): Cause | null => job.cause as Cause | null;

/** The step where it failed first. */
export const failedStep = (job: JobDetail): string | undefined =>
  causeOf(job)?.step ?? job.steps.find((step) => step.state === "FAILED")?.id;

/** Causes that lie in the settings or in the pinned version of the data: a retry reads both as they were. */
const SETTLED = /^(data|flow|stats|estimator|parameter|preprocess)\./;
const SETTLED_CODES: ReadonlySet<string> = new Set([
  "model.unknown",
  "model.wrong_kind",
  "model.wrong_role",
  "model.pieces_differ",
  "psi.column_not_given",
  "psi.join",
  "psi.key_columns",
  "psi.key_out_of_range",
  "psi.key_types_differ",
  "psi.no_overlap",
  "psi.result_too_large",
  "psi.result_too_small",
  "psi.set_too_large",
  "psi.value_column",
  "step.wrong_input",
]);

export const isSettled = (job: JobDetail): boolean => {
  const code = causeOf(job)?.code ?? "";
  return SETTLED.test(code) || SETTLED_CODES.has(code);
};
