/** What was checked of a receipt, and whether it holds. */
import { useAct } from "../../api/hooks";
import type { ReceiptVerdict } from "../../api/types";
import { useW } from "../../core/texts";
import { Badge } from "../../ui/Badge";
import { Diagnostic } from "../../ui/Diagnostic";
import { Card } from "../../ui/Section";
import { jobs } from "./texts";
import styles from "./Verdict.module.css";

export const useVerdict = () => useAct("post", "/jobs/{job_id}/receipt/verify");

export function Verdict({ verdict }: { verdict: { data: ReceiptVerdict | undefined; error: unknown } }) {
  const t = jobs.useT();
  if (verdict.error) return <Diagnostic problem={verdict.error} />;
  if (verdict.data === undefined) return <p className={styles.muted}>{t("verify.not_yet")}</p>;
  return <Checks verdict={verdict.data} />;
}

export function Checks({ verdict }: { verdict: ReceiptVerdict }) {
  const t = jobs.useT();
  const w = useW();
  return (
    <div className={styles.verdict}>
      <Card tone={verdict.ok ? "ok" : "bad"}>
        <strong>{verdict.ok ? t("verify.ok") : t("verify.bad")}</strong>
      </Card>
      <ul className={styles.checks}>
        {verdict.checks.map((check) => (
          <li key={check.id}>
            <Badge tone={check.ok ? "ok" : "bad"}>{check.ok ? t("verify.holds") : t("verify.fails")}</Badge>
            <div>
              {w(check.text)}
              {!check.ok && (
                <p className={styles.muted}>
                  {check.found} {check.expected} {check.code !== null && <code>{check.code}</code>}
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}
