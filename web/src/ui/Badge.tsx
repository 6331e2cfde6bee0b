/** A short state in words, with a sign and a colour. */
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

/** How sensitive something is, 1 to 5. */
export function Level({ level }: { level: number | null | undefined }) {
  const t = core.useT();
  if (level === null || level === undefined) return <span className={styles.none}>{t("level.unknown")}</span>;
  return (
    <span className={styles.level} data-level={level} title={t("level.title", { level })}>
      <span aria-hidden className={styles.bars}>
        {[1, 2, 3, 4, 5].map((step) => (
          <i key={step} data-on={step <= level || undefined} />
        ))}
      </span>
      <span>{t("level", { level })}</span>
    </span>
  );
}
