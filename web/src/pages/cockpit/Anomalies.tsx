/** What somebody should look at, and what to do about it. */
import { useGet } from "../../api/hooks";
import { useMe } from "../../core/session";
import { Badge } from "../../ui/Badge";
import { Link } from "../../ui/Link";
import { Section } from "../../ui/Section";
import { type Anomaly, anomaliesOf, isBad } from "./anomalies";
import styles from "./cockpit.module.css";
import {
  useAgreements,
  useBackup,
  useGrants,
  useJobs,
  useKeys,
  useMachine,
  usePeers,
  usePings,
  useRecent,
} from "./data";
import { useSaid } from "./said";
import { cockpit } from "./texts";

const SHOWN = 12;

export function Anomalies() {
  const t = cockpit.useT();
  const found = useAnomalies();
  return (
    <Section title={t("anomalies")} lead={t("anomalies.lead")}>
      <AnomalyList found={found} most={SHOWN} />
    </Section>
  );
}

export function AnomalyList({ found, most }: { found: Anomaly[]; most: number }) {
  const t = cockpit.useT();
  if (found.length === 0) {
    return (
      <p className={styles.calm}>
        <Badge tone="ok">{t("anomalies.none")}</Badge>
      </p>
    );
  }
  return (
    <>
      <ul className={styles.anomalies} aria-label={t("anomalies")}>
        {found.slice(0, most).map((anomaly) => (
          <Row key={JSON.stringify(anomaly)} anomaly={anomaly} />
        ))}
      </ul>
      {found.length > most && <p className={styles.soft}>{t("anomalies.more", { count: found.length - most })}</p>}
    </>
  );
}

export function useAnomalies(): Anomaly[] {
  const me = useMe();
  const peers = usePeers();
  const pings = usePings(peers);
  const jobs = useJobs().data?.items ?? [];
  const doctor = useGet("/doctor", undefined, {
    enabled: me.can("node.diagnose"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const reminders = useGet("/inbox/reminders", undefined, { enabled: me.can("inbox.read") }).data?.items ?? [];
  const checks = doctor.data?.checks ?? [];
  return anomaliesOf({
    ...{ jobs, peers, pings, checks, reminders, recent: useRecent() },
    ...{ keys: useKeys() ?? [], machine: useMachine(), backup: useBackup()?.last },
    ...{ agreements: useAgreements(), grants: useGrants() },
  });
}

function Row({ anomaly }: { anomaly: Anomaly }) {
  const t = cockpit.useT();
  const { what, todo, href } = useSaid()(anomaly);
  const bad = isBad(anomaly);
  return (
    <li className={styles.anomaly}>
      <Badge tone={bad ? "bad" : "warn"}>{t(bad ? "anomaly.fault" : "anomaly.notice")}</Badge>
      <div>
        <Link href={href}>{what}</Link>
        {todo !== undefined && <p className={styles.todo}>{todo}</p>}
      </div>
    </li>
  );
}
