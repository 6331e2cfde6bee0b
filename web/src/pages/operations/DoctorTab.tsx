/** What could go wrong: this machine, this node, and the way to every partner and back. */
import { Button } from "@mantine/core";
import { useGet } from "../../api/hooks";
import type { Check } from "../../api/types";
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from "../../core/icons";
import { useCodeHint, useCodeText } from "../../core/problems";
import { useW } from "../../core/texts";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { Time } from "../../ui/Diagnostic";
import { Party } from "../../ui/Party";
import { Section } from "../../ui/Section";
import styles from "./Operations.module.css";
import { operations } from "./texts";

const SIGNS = { ok: IconCircleCheck, warning: IconAlertTriangle, error: IconCircleX };
type Status = keyof typeof SIGNS;
const STATUSES: readonly Status[] = ["error", "warning", "ok"];
export const statusOf = (check: Pick<Check, "status">): Status =>
  STATUSES.find((status) => status === check.status) ?? "warning";

/** The node's own checks first, then partner by partner; what is wrong comes first. */
export function bySubject(checks: readonly Check[]): [subject: string | null, checks: Check[]][] {
  const found = new Map<string | null, Check[]>([[null, []]]);
  for (const check of checks) found.set(check.subject, [...(found.get(check.subject) ?? []), check]);
  const weight = (check: Check): number => STATUSES.indexOf(statusOf(check));
  return [...found]
    .filter(([, each]) => each.length > 0)
    .map(([subject, each]) => [subject, [...each].sort((one, other) => weight(one) - weight(other))]);
}

export function DoctorTab() {
  const t = operations.useT();
  const query = useGet("/doctor", undefined, { staleTime: 60_000 });
  return (
    <Async query={query} height={420}>
      {(told) => (
        <>
          <Section
            title={t("doctor")}
            lead={t("doctor.lead")}
            actions={
              <Button variant="default" loading={query.isFetching} onClick={() => void query.refetch()}>
                {t("doctor.again")}
              </Button>
            }
          >
            <Badge tone={told.ok ? "ok" : "bad"}>{t(told.ok ? "doctor.ok" : "doctor.bad")}</Badge>{" "}
            <span className={styles.soft}>
              <Time at={new Date(query.dataUpdatedAt).toISOString()} how="clock" />
            </span>
          </Section>
          {bySubject(told.checks).map(([subject, checks]) => (
            <Section
              key={subject ?? ""}
              title={subject === null ? t("doctor.here") : t("doctor.peer", { name: subject })}
            >
              {subject !== null && <Party name={subject} />}
              <ul className={styles.checks} aria-label={subject ?? t("doctor.here")}>
                {checks.map((check) => (
                  <Line key={`${check.id} ${check.subject}`} check={check} />
                ))}
              </ul>
            </Section>
          ))}
        </>
      )}
    </Async>
  );
}

function Line({ check }: { check: Check }) {
  const t = operations.useT();
  const w = useW();
  const text = useCodeText();
  const hintOf = useCodeHint();
  const status = statusOf(check);
  const { words } = check;
  const found = words.found === null ? check.found && (text(check.found) ?? check.found) : w(words.found);
  const hint = words.hint === null ? check.hint && (hintOf(check.found ?? "") ?? check.hint) : w(words.hint);
  const expected = words.expected === null ? check.expected : w(words.expected);
  const Sign = SIGNS[status];
  return (
    <li className={styles.check}>
      <span className={styles.mark} data-status={status}>
        <Sign size={20} role="img" aria-label={t(`status.${status}`)} />
      </span>
      <div>
        <p>{w(check.text)}</p>
        {found && <p className={styles.detail}>{found}</p>}
        {status !== "ok" && expected && (
          <p className={styles.detail}>
            {t("expected")} {expected}
          </p>
        )}
        {hint && (
          <p className={styles.hint}>
            <strong>{t("to_do")}</strong> {hint}
          </p>
        )}
      </div>
    </li>
  );
}
