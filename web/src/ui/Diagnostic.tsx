/** An error as people need it: what happened, what to do, and all that support needs to know. */
import { Button } from "@mantine/core";
import { asProblem, Problem } from "../api/client";
import { useFormat } from "../core/format";
import { IconAlertTriangle } from "../core/icons";
import { useLanguage } from "../core/language";
import { type Told, useProblemText } from "../core/problems";
import { core } from "../core/texts";
import { Copy } from "./Copy";
import styles from "./Diagnostic.module.css";

interface DiagnosticProps {
  problem: Problem | Told | unknown;
  onRetry?: () => void;
  /** Only the sentences, for the foot of a form. */
  compact?: boolean;
}

const isTold = (thing: unknown): thing is Told =>
  typeof thing === "object" && thing !== null && "code" in thing && "message" in thing;

export function Diagnostic({ problem, onRetry, compact }: DiagnosticProps) {
  const t = core.useT();
  const language = useLanguage();
  const told = isTold(problem) ? problem : asProblem(problem);
  const text = useProblemText()(told);
  return (
    <div role="alert" className={styles.box} data-compact={compact || undefined}>
      <IconAlertTriangle size={20} aria-hidden className={styles.icon} />
      <div className={styles.words}>
        <p className={styles.title}>{text.title}</p>
        {text.detail !== undefined && <p className={styles.detail}>{text.detail}</p>}
        {text.hint !== undefined && (
          <p className={styles.detail}>
            <strong>{t("problem.next")}</strong> {text.hint}
          </p>
        )}
        {language === "zh" && !told.code.startsWith("console.") && <Original told={told} />}
        <div className={styles.foot}>
          {onRetry !== undefined && (
            <Button size="compact-sm" variant="default" onClick={onRetry}>
              {t("retry")}
            </Button>
          )}
          <code className={styles.code}>{told.code}</code>
          {!compact && <Copy value={diagnosticOf(told)} what={t("problem.copy")} label />}
        </div>
      </div>
    </div>
  );
}

/** The node's own English words, for those who know them or ask somebody. */
function Original({ told }: { told: Told }) {
  const t = core.useT();
  return (
    <details className={styles.original}>
      <summary>{t("problem.original")}</summary>
      <p lang="en" data-raw>
        {told.message} {told.hint}
      </p>
    </details>
  );
}

/** Time, place, code and message; never what was sent. */
export function diagnosticOf(told: Told): string {
  const { code, message, found, expected, hint } = told;
  const at = told instanceof Problem ? told.at : new Date();
  const place = told instanceof Problem ? { status: told.status, path: told.path } : {};
  const page = window.location.hash.split("?")[0];
  return JSON.stringify({ at: at.toISOString(), page, code, message, found, expected, hint, ...place }, null, 2);
}

/** A time with its UTC form on hover. */
export function Time({ at, how = "time" }: { at: string | null | undefined; how?: "time" | "date" | "ago" | "clock" }) {
  const format = useFormat();
  if (!at) return <span>–</span>;
  return (
    <time dateTime={at} title={format.utc(at)}>
      {format[how](at)}
    </time>
  );
}
