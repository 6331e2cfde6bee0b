/** What somebody should look at, and what to do about it. */
import type { ReactNode } from "react";
import { useGet } from "../../api/hooks";
import { type Format, useFormat } from "../../core/format";
import { to } from "../../core/nav";
import { useCodeHint, useCodeText } from "../../core/problems";
import { useMe } from "../../core/session";
import { type T, useW } from "../../core/texts";
import { Badge } from "../../ui/Badge";
import { Link } from "../../ui/Link";
import { Section } from "../../ui/Section";
import { type Anomaly, anomaliesOf, isBad } from "./anomalies";
import styles from "./cockpit.module.css";
import { useBackup, useJobs, useKeys, useMachine, usePeers, usePings } from "./data";
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
    ...{ jobs, peers, pings, checks, reminders },
    ...{ keys: useKeys() ?? [], machine: useMachine(), backup: useBackup()?.last },
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

interface Said {
  what: ReactNode;
  todo?: string;
  href: string;
}
interface Say {
  t: T;
  format: Format;
  w: ReturnType<typeof useW>;
  code: (code: string) => string;
  hint: (code: string | null | undefined) => string | undefined;
}

function useSaid(): (anomaly: Anomaly) => Said {
  const t = cockpit.useT() as T;
  const format = useFormat();
  const text = useCodeText();
  const hintOf = useCodeHint();
  const w = useW();
  const code = (found: string): string => (text(found) ?? found).replace(/[.。]$/, "");
  const hint = (found: string | null | undefined) => (found ? hintOf(found) : undefined);
  return (anomaly) => said(anomaly, { t, format, w, code, hint });
}

function said(anomaly: Anomaly, say: Say): Said {
  switch (anomaly.kind) {
    case "failed":
    case "refused":
    case "rate":
    case "slow":
    case "stuck":
    case "waiting":
      return ofJobs(anomaly, say);
    case "check":
      return ofCheck(anomaly.check, say);
    default:
      return ofNode(anomaly, say);
  }
}

type JobKind = "failed" | "refused" | "rate" | "slow" | "stuck" | "waiting";

function ofJobs(anomaly: Extract<Anomaly, { kind: JobKind }>, { t, format, code, hint }: Say): Said {
  const todo = t(`anomaly.${anomaly.kind}.todo`);
  switch (anomaly.kind) {
    case "failed": {
      const where = anomaly.party === undefined ? "" : t("anomaly.at", { party: anomaly.party });
      const why = anomaly.code === undefined ? "" : t("anomaly.why", { why: code(anomaly.code) });
      const { name, count } = anomaly;
      const what = `${t("anomaly.failed", { name, count, ago: format.ago(anomaly.at) })}${where}${why}`;
      return { what, todo: hint(anomaly.code) ?? todo, href: to.job(anomaly.job) };
    }
    case "refused": {
      const { name, party, count } = anomaly;
      const why = t("anomaly.why", { why: code(anomaly.code) });
      const what = t("anomaly.refused", { name, party, count, ago: format.ago(anomaly.at) });
      return { what: `${what}${why}`, todo, href: to.job(anomaly.job) };
    }
    case "rate": {
      const values = { share: format.percent(anomaly.share, 0), failed: anomaly.failed, ran: anomaly.ran };
      const { usual } = anomaly;
      const against = usual === undefined ? "" : t("anomaly.rate.usual", { usual: format.percent(usual, 0) });
      return { what: `${t("anomaly.rate", values)}${against}`, todo, href: "/jobs?state=FAILED" };
    }
    case "slow": {
      const [time, usual] = [format.seconds(anomaly.seconds), format.seconds(anomaly.usual)];
      return { what: t("anomaly.slow", { name: anomaly.name, time, usual }), todo, href: to.job(anomaly.job) };
    }
    case "stuck": {
      const values = { name: anomaly.name, time: format.seconds(anomaly.seconds), who: format.list(anomaly.parties) };
      return { what: t("anomaly.stuck", values), todo, href: to.job(anomaly.job) };
    }
    case "waiting":
      return { what: t("anomaly.waiting", { count: anomaly.count }), todo, href: "/approvals" };
  }
}

type NodeKind = "peer_away" | "clock" | "key" | "disk" | "memory" | "backup";

function ofNode(anomaly: Extract<Anomaly, { kind: NodeKind }>, { t, format, code }: Say): Said {
  const todo = t(`anomaly.${anomaly.kind}.todo`);
  switch (anomaly.kind) {
    case "peer_away": {
      const why = anomaly.code === undefined ? "" : t("anomaly.why", { why: code(anomaly.code) });
      const what = t("anomaly.peer_away", { peer: anomaly.peer, since: format.ago(anomaly.since) });
      return { what: `${what}${why}`, todo, href: "/operations?tab=doctor" };
    }
    case "clock": {
      const what = t("anomaly.clock", { peer: anomaly.peer, time: format.seconds(anomaly.seconds) });
      return { what, todo, href: "/operations?tab=doctor" };
    }
    case "key": {
      const over = anomaly.days < 0 ? "anomaly.key.over" : "anomaly.key";
      return { what: t(over, { name: anomaly.name, until: format.date(anomaly.until) }), todo, href: "/operations" };
    }
    case "disk":
    case "memory": {
      const values = { free: format.bytes(anomaly.free), share: format.percent(anomaly.share, 0) };
      return { what: t(`anomaly.${anomaly.kind}`, values), todo, href: "/operations" };
    }
    case "backup": {
      const key = anomaly.at === null ? "anomaly.backup.none" : "anomaly.backup";
      return { what: t(key, { count: anomaly.days }), todo, href: "/operations?tab=backup" };
    }
  }
}

function ofCheck(check: Extract<Anomaly, { kind: "check" }>["check"], { w, hint }: Say): Said {
  const todo = check.words.hint === null ? hint(check.found) : w(check.words.hint);
  return { what: w(check.text), todo, href: "/operations?tab=doctor" };
}
