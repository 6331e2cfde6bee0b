/** The chief figures of models, from the reports of the jobs that saved them. Reading a result is written down at the
 * node, so they are only asked for when somebody wants them. */
import { useQueries } from "@tanstack/react-query";
import { get, useGet } from "../../api/hooks";
import type { JobDetail, JobResult, ModelVersion } from "../../api/types";
import type { FlowStep } from "../../flow/document";

export const CHIEF = ["auc", "ks", "log_loss", "last_loss"] as const;
export type Chief = Partial<Record<(typeof CHIEF)[number], number>>;

/** What tells how good a model is, the most telling first. */
const TELLING = ["evaluation.binary", "logistic_regression.train"];

export const stepsOf = (job: Pick<JobDetail, "flow">): FlowStep[] =>
  (job.flow as unknown as { steps: FlowStep[] }).steps;

/** Reports of evaluations and trainings of the job that this node has. */
export function tellingIn(job: Pick<JobDetail, "flow">, results: readonly JobResult[]): JobResult[] {
  const steps = TELLING.flatMap((operator) => stepsOf(job).filter((step) => step.operator === operator));
  return steps.flatMap((step) => results.filter((each) => each.step === step.id && each.kind === "report"));
}

/** The figures of one report; of a training, the loss at its end. */
export function chiefOf(document: unknown): Chief {
  if (typeof document !== "object" || document === null) return {};
  const found = document as Record<string, unknown>;
  const epochs = Array.isArray(found.epochs) ? (found.epochs as { loss?: unknown }[]) : [];
  const all: Record<string, unknown> = { ...found, last_loss: epochs.at(-1)?.loss };
  return Object.fromEntries(CHIEF.flatMap((key) => (typeof all[key] === "number" ? [[key, all[key]]] : [])));
}

async function ask(job_id: string): Promise<Chief> {
  const path = { job_id };
  const [job, listed] = await Promise.all([get("/jobs/{job_id}", { path }), get("/jobs/{job_id}/results", { path })]);
  const documents = await Promise.all(
    tellingIn(job, listed.items).map(({ step, port }) =>
      get("/jobs/{job_id}/results/{step}/{port}", { path: { job_id, step, port } }),
    ),
  );
  return Object.assign({}, ...documents.reverse().map(chiefOf)) as Chief; // what is more telling wins
}

/** By job. A version whose job cannot be read has none. */
export function useChief(versions: readonly ModelVersion[], asked: boolean): ReadonlyMap<string, Chief> {
  const jobs = [...new Set(versions.flatMap(({ job_id }) => job_id ?? []))];
  return useQueries({
    queries: asked
      ? jobs.map((job) => ({
          queryKey: ["chief", job],
          queryFn: async () => ({ job, chief: await ask(job) }),
          staleTime: Number.POSITIVE_INFINITY,
          retry: false,
        }))
      : [],
    combine: (answers) => new Map(answers.flatMap(({ data }) => (data ? [[data.job, data.chief] as const] : []))),
  });
}

/** A job in full, for comparing; undefined while there is none to ask for. */
export function useJob(job_id: string | null | undefined): JobDetail | undefined {
  const enabled = job_id !== null && job_id !== undefined;
  return useGet("/jobs/{job_id}", { path: { job_id: job_id ?? "" } }, { enabled }).data;
}
