/** The way of a new node to its first joint result. */

export interface Known {
  peers: number;
  datasets: number;
  agreements: number;
  /** Jobs that came to a result. */
  results: number;
}
export const STEPS = ["data", "peer", "project", "job"] as const;
export type StepName = (typeof STEPS)[number];
export interface FirstStep {
  name: StepName;
  done: boolean;
  /** The first that is not done. */
  next: boolean;
  href: string;
  /** The right that it takes. */
  action: string;
}

const WAYS: Record<StepName, { href: string; action: string }> = {
  data: { href: "/data/connect", action: "dataset.register" },
  peer: { href: "/operations?tab=invitations", action: "invitation.create" },
  project: { href: "/projects/new", action: "agreement.propose" },
  job: { href: "/flows/new", action: "job.submit" },
};

/** All steps in their order; nothing once there is a result. */
export function firstSteps(known: Known): FirstStep[] {
  if (known.results > 0) return [];
  const done = { peer: known.peers > 0, data: known.datasets > 0, project: known.agreements > 0, job: false };
  const next = STEPS.find((name) => !done[name]);
  return STEPS.map((name) => ({ name, done: done[name], next: name === next, ...WAYS[name] }));
}

/** For the greeting. */
export function partOfDay(hour: number): "morning" | "afternoon" | "evening" {
  if (hour >= 5 && hour < 12) return "morning";
  return hour >= 12 && hour < 18 ? "afternoon" : "evening";
}
