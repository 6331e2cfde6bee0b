/** What somebody should look at. */
import { useGet } from "../../api/hooks";
import { useFormat } from "../../core/format";
import { to } from "../../core/nav";
import { useMe } from "../../core/session";
import { useW } from "../../core/texts";
import { Badge } from "../../ui/Badge";
import { Link } from "../../ui/Link";
import { Section } from "../../ui/Section";
import styles from "./cockpit.module.css";
import { useJobs, usePeers, usePings } from "./data";
import { type Anomaly, anomaliesOf } from "./figures";
import { cockpit } from "./texts";

export function Anomalies() {
  const t = cockpit.useT();
  const found = useAnomalies();
  return (
    <Section title={t("anomalies")} lead={t("anomalies.lead")}>
      {found.length === 0 ? (
        <p className={styles.calm}>
          <Badge tone="ok">{t("anomalies.none")}</Badge>
        </p>
      ) : (
        <ul className={styles.anomalies}>
          {found.slice(0, 12).map((anomaly) => (
            <li key={JSON.stringify(anomaly)}>
              <Shown anomaly={anomaly} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function useAnomalies(): Anomaly[] {
  const me = useMe();
  const peers = usePeers();
  const pings = usePings(peers);
  const jobs = useJobs().data?.items ?? [];
  const doctor = useGet("/doctor", undefined, {
    enabled: me.can("node.diagnose"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const reminders = useGet("/inbox/reminders", undefined, { enabled: me.can("inbox.read") }).data?.items ?? [];
  return anomaliesOf({ jobs, peers, pings, checks: doctor.data?.checks ?? [], reminders });
}

function Shown({ anomaly }: { anomaly: Anomaly }) {
  const t = cockpit.useT();
  const w = useW();
  const format = useFormat();
  switch (anomaly.kind) {
    case "check":
      return (
        <Row bad={anomaly.check.status === "error"} href="/operations?tab=doctor">
          {w(anomaly.check.text)}
          {anomaly.check.subject !== null && ` (${anomaly.check.subject})`}
        </Row>
      );
    case "peer_away":
      return (
        <Row bad href="/operations">
          {t("anomaly.peer_away", { peer: anomaly.peer, since: format.ago(anomaly.since) })}
        </Row>
      );
    case "clock":
      return (
        <Row href="/operations">
          {t("anomaly.clock", { peer: anomaly.peer, time: format.seconds(anomaly.seconds) })}
        </Row>
      );
    case "failing":
      return (
        <Row bad href={to.job(anomaly.job)}>
          {t("anomaly.failing", { name: anomaly.name, count: anomaly.count })}
        </Row>
      );
    case "slow":
      return (
        <Row href={to.job(anomaly.job)}>
          {t("anomaly.slow", {
            name: anomaly.name,
            time: format.seconds(anomaly.seconds),
            usual: format.seconds(anomaly.usual),
          })}
        </Row>
      );
    case "waiting":
      return <Row href="/approvals">{t("anomaly.waiting", { count: anomaly.count })}</Row>;
  }
}

function Row({ bad, href, children }: { bad?: boolean; href: string; children: React.ReactNode }) {
  const t = cockpit.useT();
  return (
    <span className={styles.anomaly}>
      <Badge tone={bad ? "bad" : "warn"}>{t(bad ? "anomaly.fault" : "anomaly.notice")}</Badge>
      <Link href={href}>{children}</Link>
    </span>
  );
}
