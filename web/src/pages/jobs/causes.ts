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
