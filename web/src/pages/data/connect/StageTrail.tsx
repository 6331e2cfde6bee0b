/** Where in the wizard one is; earlier steps can be gone back to. */
import { IconCheck } from "../../../core/icons";
import { data } from "../texts";
import styles from "./connect.module.css";
import { STAGES, type Stage } from "./plan";

interface TrailProps {
  stage: Stage;
  /** Number of stages that lie behind. */
  reached: number;
  /** Data is registered: what lies before cannot be changed here any more. */
  closed: boolean;
  onGo: (stage: Stage) => void;
}

export function StageTrail({ stage, reached, closed, onGo }: TrailProps) {
  const t = data.useT();
  const present = STAGES.indexOf(stage);
  return (
    <nav aria-label={t("connect.steps")}>
      <ol className={styles.trail}>
        {STAGES.map((one, place) => {
          const state = place < present ? "past" : place === present ? "present" : "later";
          const open = place < present && place <= reached && !closed;
          const mark = (
            <>
              <span className={styles.dot} aria-hidden>
                {state === "past" ? <IconCheck size={14} /> : place + 1}
              </span>
              {t(`connect.${one}`)}
            </>
          );
          return (
            <li key={one} data-state={state} aria-current={state === "present" ? "step" : undefined}>
              {open ? (
                <button type="button" onClick={() => onGo(one)}>
                  {mark}
                </button>
              ) : (
                <span>{mark}</span>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
