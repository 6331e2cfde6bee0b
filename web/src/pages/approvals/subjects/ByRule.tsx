/** Whether a rule would have approved the job, and what each one lacks. */
import { useQuery } from "@tanstack/react-query";
import { act } from "../../../api/hooks";
import { useMe } from "../../../core/session";
import { useW } from "../../../core/texts";
import styles from "../Item.module.css";
import { approvals } from "../texts";

export function ByRule({ job }: { job: string }) {
  const t = approvals.useT();
  const w = useW();
  const me = useMe();
  const told = useQuery({
    queryKey: ["/rules/explain", job],
    queryFn: () => act("post", "/rules/explain", { body: { job } }),
    enabled: me.can("rule.read"),
  }).data;
  if (told === undefined || told.rules.length === 0) return null;
  return (
    <details className={styles.why}>
      <summary>{t("rules.why")}</summary>
      <ul className={styles.verdicts}>
        {told.rules.map((rule) => (
          <li key={rule.rule}>
            <code>{rule.rule}</code>
            <ul className={styles.gaps}>
              {rule.gaps.map((gap) => (
                <li key={`${gap.code} ${gap.text.en}`}>{w(gap.text)}</li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </details>
  );
}
