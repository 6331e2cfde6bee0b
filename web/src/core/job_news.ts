/** What a line of a job's log changes in the job as it is kept here. */
import type { JobDetail, JobEvent, JobStep } from "../api/types";

const STATES: Record<string, string> = {
  "step.started": "RUNNING",
  "step.succeeded": "SUCCESS",
  "step.failed": "FAILED",
};

/** The job with the step as the line says it is; the same object where it says nothing of steps. */
export function withEvent(job: JobDetail, event: JobEvent): JobDetail {
  const state = STATES[event.code];
  if (state === undefined || event.step === null || event.job_id !== job.id) return job;
  return { ...job, steps: job.steps.map((step) => (step.id === event.step ? stepAfter(step, event, state) : step)) };
}

function stepAfter(step: JobStep, event: JobEvent, state: string): JobStep {
  const attempt = typeof event.data.attempt === "number" ? event.data.attempt : step.attempt;
  if (attempt < step.attempt) return step;
  const fresh = attempt > step.attempt;
  const before = fresh ? {} : step.parties;
  const known = before[event.party];
  const code = state === "FAILED" && typeof event.data.code === "string" ? event.data.code : (known?.code ?? null);
  const parties = { ...before, [event.party]: { state, code, report: known?.report ?? null } };
  const whole = stateOf(parties, new Set(Object.values(step.at)));
  const ended = whole === "SUCCESS" || whole === "FAILED";
  return {
    ...step,
    attempt,
    parties,
    state: whole,
    progress: ended ? null : step.progress,
    started_at: (fresh ? null : step.started_at) ?? event.time,
    ended_at: ended ? event.time : null,
  };
}

function stateOf(parties: JobStep["parties"], seated: ReadonlySet<string>): string {
  const states = Object.values(parties).map((party) => party.state);
  if (states.includes("FAILED")) return "FAILED";
  const done = [...seated].every((party) => parties[party]?.state === "SUCCESS");
  return done ? "SUCCESS" : "RUNNING";
}
