/** What may be done with an agreement now. */
import type { Agreement } from "../../api/types";
import type { Tone } from "../../ui/Badge";

export const STATES = ["PROPOSED", "ACTIVE", "EXPIRED", "REJECTED", "TERMINATED"] as const;
export type AgreementState = (typeof STATES)[number];
const TONES: Record<AgreementState, Tone> = {
  PROPOSED: "warn",
  ACTIVE: "ok",
  EXPIRED: "idle",
  REJECTED: "bad",
  TERMINATED: "idle",
};
export const STAGES = ["REQUESTED", "OFFERED", "ACCEPTED", "AGREED", "VERIFIED", "FINALIZED", "TERMINATED"] as const;
export type Stage = (typeof STAGES)[number];
const OPEN: readonly string[] = ["REQUESTED", "OFFERED", "ACCEPTED"];

export const isState = (text: string): text is AgreementState => (STATES as readonly string[]).includes(text);
export const isStage = (text: string): text is Stage => (STAGES as readonly string[]).includes(text);
export const toneOf = (state: string): Tone => (isState(state) ? TONES[state] : "idle");

/** The present offer waits for this organisation. */
export const mayDecide = ({ state, stage, decision }: Agreement): boolean =>
  state === "PROPOSED" && OPEN.includes(stage) && decision === "waiting";
export const mayCounter = ({ state, stage }: Agreement): boolean => state === "PROPOSED" && OPEN.includes(stage);
export const mayAmend = ({ state }: Agreement): boolean => state === "ACTIVE";
export const mayEnd = ({ stage }: Agreement): boolean => stage !== "TERMINATED";
