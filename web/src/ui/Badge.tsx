/** A short state in words, with a sign and a colour. */
import { Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconClock,
  IconInfoCircle,
  IconLoader2,
  IconMinus,
} from "../core/icons";
import type { CoreKey } from "../core/nav";
import { core } from "../core/texts";
import styles from "./Badge.module.css";

export type Tone = "ok" | "info" | "warn" | "bad" | "idle" | "busy";

const SIGNS = {
  ok: IconCircleCheck,
  info: IconInfoCircle,
  warn: IconAlertTriangle,
  bad: IconCircleX,
  idle: IconMinus,
  busy: IconLoader2,
};

export function Badge({ tone = "idle", sign, children }: { tone?: Tone; sign?: ReactNode; children: ReactNode }) {
  const Sign = SIGNS[tone];
  return (
    <span className={styles.badge} data-tone={tone}>
      {sign ?? <Sign size={14} aria-hidden className={tone === "busy" ? styles.turning : undefined} />}
      <span>{children}</span>
    </span>
  );
}

const STATES: Record<string, Tone> = {
  PENDING: "warn",
  READY: "info",
  RUNNING: "busy",
  FINISHED: "ok",
  SUCCESS: "ok",
  FAILED: "bad",
  CANCELLED: "idle",
  REJECTED: "bad",
  APPLIED: "warn",
  APPROVED: "ok",
  TERMINATED: "idle",
};

export const toneOf = (state: string): Tone => STATES[state] ?? "idle";

/** The state of a job, step or grant. */
export function StateBadge({ state }: { state: string }) {
  const t = core.useT();
  const label = state in STATES ? t(`state.${state}` as CoreKey) : state;
  return (
    <Badge
      tone={toneOf(state)}
      sign={state === "PENDING" || state === "APPLIED" ? <IconClock size={14} aria-hidden /> : undefined}
    >
      {label}
    </Badge>
  );
}

type LevelNumber = 1 | 2 | 3 | 4 | 5;
export const LEVELS: readonly LevelNumber[] = [1, 2, 3, 4, 5];

/** What a level stands for: the harm if what has it became known. */
export function useLevelMeaning(): (level: number) => string {
  const t = core.useT();
  return (level) => {
    const known = LEVELS.find((one) => one === level);
    return known === undefined ? String(level) : t(`level.means.${known}`);
  };
}

/** How sensitive something is, 1 to 5, and what that means to whoever points at it. */
export function Level({ level }: { level: number | null | undefined }) {
  const t = core.useT();
  const meaning = useLevelMeaning();
  if (level === null || level === undefined) return <span className={styles.none}>{t("level.unknown")}</span>;
  const said = t("level.title", { level, means: meaning(level) });
  return (
    <Tooltip label={said} multiline maw={320} events={{ hover: true, focus: true, touch: true }}>
      <span className={styles.level} data-level={level} aria-description={said}>
        <span aria-hidden className={styles.bars}>
          {LEVELS.map((step) => (
            <i key={step} data-on={step <= level || undefined} />
          ))}
        </span>
        <span>{t("level", { level })}</span>
      </span>
    </Tooltip>
  );
}
