/** How an application stands, and the way that it has come. */
import type { Application } from "../../api/types";
import { Badge, type Tone } from "../../ui/Badge";
import { Time } from "../../ui/Diagnostic";
import styles from "./Portal.module.css";
import { portal } from "./texts";

type State = Application["state"];
const TONES: Record<State, Tone> = {
  DRAFT: "warn",
  SENT: "warn",
  APPLIED: "info",
  IN_REVIEW: "info",
  APPROVED: "ok",
  REJECTED: "bad",
  EXPIRED: "idle",
  WITHDRAWN: "idle",
};

export function StateOf({ application }: { application: Pick<Application, "state"> }) {
  const t = portal.useT();
  return <Badge tone={TONES[application.state]}>{t(`state.${application.state}`)}</Badge>;
}

const SENT: readonly State[] = ["DRAFT", "SENT", "APPLIED", "IN_REVIEW"];
const RECEIVED: readonly State[] = ["APPLIED", "IN_REVIEW"];
const ENDS: readonly State[] = ["APPROVED", "REJECTED", "EXPIRED", "WITHDRAWN"];

export interface Stage {
  state: State;
  /** When it was reached. */
  at?: string;
  present: boolean;
}

/** The stages in order: those before the end, and the end that came or that is hoped for. */
export function stagesOf(application: Pick<Application, "side" | "state" | "times">): Stage[] {
  const { side, state, times } = application;
  const end = ENDS.find((each) => each === state) ?? "APPROVED";
  return [...(side === "sent" ? SENT : RECEIVED), end].map((each) => ({
    state: each,
    at: times[each],
    present: each === state,
  }));
}

export function Progress({ application }: { application: Application }) {
  const t = portal.useT();
  return (
    <ol className={styles.stages} aria-label={t("progress")}>
      {stagesOf(application).map((stage) => (
        <li
          key={stage.state}
          data-reached={stage.at !== undefined || stage.present || undefined}
          aria-current={stage.present ? "step" : undefined}
        >
          <strong>{t(`state.${stage.state}`)}</strong>
          <span>{t(`state.${stage.state}.text`)}</span>
          {stage.at !== undefined && (
            <span className={styles.when}>
              <Time at={stage.at} />
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}
