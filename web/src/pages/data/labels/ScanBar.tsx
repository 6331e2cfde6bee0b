/** When the dataset was last searched for sensitive columns, how far a search is, and searching anew. */
import { Button, Group, Progress } from "@mantine/core";
import { Can } from "../../../core/permissions";
import { Diagnostic, Time } from "../../../ui/Diagnostic";
import { data } from "../texts";
import styles from "./labels.module.css";
import type { ScanState } from "./scan";

export function ScanBar({ scan }: { scan: ScanState }) {
  const t = data.useT();
  return (
    <div className={styles.scan}>
      <Group gap="md">
        <Said scan={scan} />
        <Can action="label.suggest">
          <Button variant="default" size="compact-md" loading={scan.running} onClick={scan.start}>
            {t(scan.findings?.scan.state === "none" ? "scan.start" : "scan.again")}
          </Button>
        </Can>
      </Group>
      {scan.problem !== null && <Diagnostic problem={scan.problem} compact />}
    </div>
  );
}

function Said({ scan: { findings, running } }: { scan: ScanState }) {
  const t = data.useT();
  const scan = findings?.scan;
  if (scan === undefined) return null;
  if (running) {
    const { done, total } = scan;
    return (
      <span role="status" className={styles.running}>
        {t("scan.running", { done: done ?? 0, total: total ?? 0 })}
        <Progress value={total ? (100 * (done ?? 0)) / total : 5} w={160} aria-label={t("scan.progress")} />
      </span>
    );
  }
  if (scan.state === "none") return <span>{t("scan.never")}</span>;
  if (scan.state === "failed")
    return <Diagnostic problem={{ code: scan.code ?? "", message: t("scan.failed") }} compact />;
  const { sampled, rows } = scan;
  return (
    <span>
      {sampled >= rows ? t("scan.done_all", { count: rows }) : t("scan.done", { sampled, rows })}
      {" · "}
      <Time at={scan.ended_at} how="ago" />
    </span>
  );
}
