/** What a policy would have said to past jobs. */
import type { TrialResult } from "../../../api/types";
import { to } from "../../../core/nav";
import { useW } from "../../../core/texts";
import { Badge } from "../../../ui/Badge";
import { type Col, DataTable } from "../../../ui/DataTable";
import { Time } from "../../../ui/Diagnostic";
import { Dialog } from "../../../ui/Dialog";
import { Link } from "../../../ui/Link";
import { Party } from "../../../ui/Party";
import { data } from "../texts";
import styles from "./policy.module.css";

export function Trial({ result, onClose }: { result: TrialResult; onClose: () => void }) {
  const t = data.useT();
  const columns = useColumns();
  return (
    <Dialog opened onClose={onClose} size="xl" title={t("trial.title")}>
      <p className={styles.verdict}>
        {result.jobs.length === 0
          ? t("trial.none")
          : t("trial.said", { all: result.jobs.length, refused: result.refused, changed: result.changed })}
      </p>
      {result.jobs.length > 0 && (
        <DataTable caption={t("trial.title")} columns={columns} rows={result.jobs} rowKey={(one) => one.job} />
      )}
    </Dialog>
  );
}

function useColumns(): Col<TrialResult["jobs"][number]>[] {
  const t = data.useT();
  const w = useW();
  return [
    {
      key: "job",
      title: t("job"),
      cell: (one) => (
        <>
          <Link href={to.job(one.job)}>{one.name}</Link>
          <br />
          <span className={styles.soft}>
            <Time at={one.created_at} />
          </span>
        </>
      ),
      sort: (one) => one.created_at,
    },
    { key: "by", title: t("initiator"), cell: (one) => <Party name={one.initiator} size="sm" />, tight: true },
    { key: "now", title: t("trial.now"), cell: (one) => <Verdict refused={one.refused_now} />, tight: true },
    { key: "then", title: t("trial.then"), cell: (one) => <Verdict refused={one.refused} />, tight: true },
    {
      key: "why",
      title: t("labels.why"),
      cell: (one) => (
        <ul className={styles.reasons}>
          {one.reasons.map((reason) => (
            <li key={`${reason.step} ${reason.rule} ${reason.use}`}>
              {w(reason.text)} <code>{reason.rule}</code>
            </li>
          ))}
        </ul>
      ),
    },
  ];
}

function Verdict({ refused }: { refused: boolean }) {
  const t = data.useT();
  return <Badge tone={refused ? "bad" : "ok"}>{t(refused ? "trial.refused" : "trial.allowed")}</Badge>;
}
