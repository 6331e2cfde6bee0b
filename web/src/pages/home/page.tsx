/** What every person sees first: what waits, what runs, what went wrong, how the partners are, what to do next. */
import { useGet } from "../../api/hooks";
import { useMe } from "../../core/session";
import { Page } from "../../ui/Page";
import { Attention } from "./Attention";
import { FirstSteps } from "./FirstSteps";
import styles from "./home.module.css";
import { Failed, Running } from "./Jobs";
import { Partners } from "./Partners";
import { partOfDay } from "./steps";
import { ThisNode } from "./ThisNode";
import { home } from "./texts";
import { Waiting } from "./Waiting";

export default function Home() {
  const t = home.useT();
  const me = useMe();
  const greeting = t(`greeting.${partOfDay(new Date().getHours())}`, { name: me.displayName });
  return (
    <Page title={greeting} lead={<Summary />}>
      <FirstSteps />
      <div className={styles.columns}>
        <div className={styles.column}>
          {me.can("inbox.read") && <Waiting />}
          {me.can("job.read") && <Running />}
          {me.can("job.read") && <Failed />}
        </div>
        <div className={styles.column}>
          <Attention />
          {me.can("peer.read") && <Partners />}
          {me.can("node.read") && <ThisNode />}
        </div>
      </div>
    </Page>
  );
}

/** The state of things in one sentence. */
function Summary() {
  const t = home.useT();
  const me = useMe();
  const counts = useGet("/inbox/counts", undefined, { enabled: me.can("inbox.read") }).data;
  const node = useGet("/node", undefined, { enabled: me.can("node.read") }).data;
  const parts = [
    counts && (counts.mine > 0 ? t("summary.waiting", { count: counts.mine }) : t("summary.nothing_waits")),
    node &&
      (node.counts.jobs_running > 0
        ? t("summary.running", { count: node.counts.jobs_running })
        : t("summary.none_running")),
  ];
  return <span className={styles.summary}>{parts.filter(Boolean).join(" · ") || " "}</span>;
}
