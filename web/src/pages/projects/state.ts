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

/** Who has not signed, as far as it is known here. */
export const unsigned = ({ members, signatures }: Agreement): string[] =>
  members.filter((member) => !Object.hasOwn(signatures, member));
/** The members tell the proposer alone that they sign; of each other they hear once all have. */
export const hearsOfAll = ({ proposer, stage }: Agreement, me: string | undefined): boolean =>
  proposer === me || stage === "AGREED" || stage === "VERIFIED" || stage === "FINALIZED";
/** An offer is taken back by whoever made it; everybody else ends the negotiation. */
export const isOwnOffer = ({ proposer, author }: Agreement, me: string | undefined): boolean =>
  me !== undefined && (proposer === me || author === me);
