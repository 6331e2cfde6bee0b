/** One viewer per kind of report. A new operator's report gets a file of its own and a line in `viewers.ts`. */
import type { ComponentType, LazyExoticComponent } from "react";
import type { JobDetail } from "../api/types";

export type KindKey =
  | "kind.psi"
  | "kind.joint_statistics"
  | "kind.training"
  | "kind.binary_evaluation"
  | "kind.profile"
  | "kind.model_saved"
  | "kind.transform";

export interface ViewerProps<D> {
  document: D;
  job: JobDetail;
  step: string;
  /** The same report of another job, to be laid over. */
  other?: { document: D; name: string };
}

export interface Viewer {
  kind: string;
  title: KindKey;
  component: LazyExoticComponent<ComponentType<ViewerProps<never>>>;
  /** Whose reports are of this kind. */
  operators: string[];
  /** Which comes first where a job has several: the answer before the way to it. */
  order: number;
}

const known = new Map<string, Viewer>();

export function registerViewer(viewer: Viewer): void {
  known.set(viewer.kind, viewer);
}

export const viewerOf = (kind: unknown): Viewer | undefined => (typeof kind === "string" ? known.get(kind) : undefined);

const LAST = 1000;

/** The place of an operator's report among those of a job. */
export const orderOf = (operator: string): number =>
  [...known.values()].find((viewer) => viewer.operators.includes(operator))?.order ?? LAST;

/** The organisation that sits on a role of a step. */
export const partyAt = (job: JobDetail, step: string, role: string): string =>
  job.steps.find((one) => one.id === step)?.at[role] ?? role;
