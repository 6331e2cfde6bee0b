/** What became of the last run. */
import type { Schedule } from "../../api/types";
import { to } from "../../core/nav";
import { useCodeText } from "../../core/problems";
import { Badge, StateBadge } from "../../ui/Badge";
import { Time } from "../../ui/Diagnostic";
import { Link } from "../../ui/Link";
import styles from "./schedule.module.css";
import { schedules } from "./texts";

export function Last({ last }: { last: Schedule["last"] }) {
  const t = schedules.useT();
  const meaning = useCodeText();
  if (last === null) return <span className={styles.muted}>{t("never")}</span>;
  const job = last.job_id;
  return (
    <span className={styles.last}>
      {last.outcome === "failed" ? (
        <Badge tone="bad">{t("failed")}</Badge>
      ) : (
        last.job_state !== null && <StateBadge state={last.job_state} />
      )}
      {job === null ? <Time at={last.at} /> : <Link href={to.job(job)}>{<Time at={last.at} />}</Link>}
      {last.code !== null && <span className={styles.muted}>{meaning(last.code) ?? last.code}</span>}
    </span>
  );
}
