/** What an anomaly is called, what to do about it, and where. */
import { type Format, useFormat } from "../../core/format";
import { to } from "../../core/nav";
import { useCodeHint, useCodeText } from "../../core/problems";
import { type T, useW } from "../../core/texts";
import type { Anomaly } from "./anomalies";
import { cockpit } from "./texts";

export interface Said {
  what: string;
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

export function useSaid(): (anomaly: Anomaly) => Said {
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
    case "overrun":
    case "stuck":
    case "waiting":
      return ofJobs(anomaly, say);
    case "agreement_ends":
    case "grant_ends":
      return ofEnding(anomaly, say);
    case "check":
      return ofCheck(anomaly.check, say);
    default:
      return ofNode(anomaly, say);
  }
}

type JobKind = "failed" | "refused" | "rate" | "slow" | "overrun" | "stuck" | "waiting";

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
    case "overrun": {
      const { name, step, count } = anomaly;
      const [time, forecast] = [format.seconds(anomaly.seconds), format.seconds(anomaly.forecast)];
      const ended = count > 1 ? "anomaly.overrun.many" : "anomaly.overrun";
      const key = anomaly.runs ? "anomaly.overrun.runs" : ended;
      return { what: t(key, { name, step, count, time, forecast }), todo, href: to.job(anomaly.job, "cost") };
    }
    case "stuck": {
      const values = { name: anomaly.name, time: format.seconds(anomaly.seconds), who: format.list(anomaly.parties) };
      return { what: t("anomaly.stuck", values), todo, href: to.job(anomaly.job) };
    }
    case "waiting":
      return { what: t("anomaly.waiting", { count: anomaly.count }), todo, href: "/approvals" };
  }
}

function ofEnding(anomaly: Extract<Anomaly, { kind: "agreement_ends" | "grant_ends" }>, { t, format }: Say): Said {
  const [name, until] = [anomaly.name, format.date(anomaly.until)];
  if (anomaly.kind === "agreement_ends") {
    const what = t("anomaly.agreement_ends", { name, until });
    return { what, todo: t("anomaly.agreement_ends.todo"), href: to.agreement(anomaly.agreement) };
  }
  const { side, peer } = anomaly;
  const what = t(`anomaly.grant_ends.${side}`, { name, peer, until });
  return { what, todo: t(`anomaly.grant_ends.${side}.todo`, { peer }), href: `/data/requests?tab=${side}` };
}

type NodeKind = "peer_away" | "peer_slow" | "clock" | "key" | "disk" | "memory" | "backup";

function ofNode(anomaly: Extract<Anomaly, { kind: NodeKind }>, { t, format, code }: Say): Said {
  const todo = t(`anomaly.${anomaly.kind}.todo`);
  switch (anomaly.kind) {
    case "peer_away": {
      const why = anomaly.code === undefined ? "" : t("anomaly.why", { why: code(anomaly.code) });
      const what = t("anomaly.peer_away", { peer: anomaly.peer, since: format.ago(anomaly.since) });
      return { what: `${what}${why}`, todo, href: "/operations?tab=doctor" };
    }
    case "peer_slow": {
      const [time, usual] = [format.seconds(anomaly.ms / 1000), format.seconds(anomaly.usual / 1000)];
      const what = t("anomaly.peer_slow", { peer: anomaly.peer, time, usual });
      return { what, todo, href: "/operations?tab=doctor" };
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
