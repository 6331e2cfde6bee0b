/** One job: how it goes, what it left, who learned what, what it cost, and what proves it. */
import { lazy, useState } from "react";
import { useGet } from "../../api/hooks";
import type { JobDetail } from "../../api/types";
import type { PageProps } from "../../core/nav";
import { useMe } from "../../core/session";
import { useW } from "../../core/texts";
import { Async } from "../../ui/Async";
import { StateBadge } from "../../ui/Badge";
import { Time } from "../../ui/Diagnostic";
import { Page } from "../../ui/Page";
import { type PageTab, PageTabs } from "../../ui/PageTabs";
import { Party } from "../../ui/Party";
import { Actions } from "./Actions";
import styles from "./job.module.css";
import { LiveMark } from "./LiveMark";
import { startOf } from "./start";
import { jobs } from "./texts";

const PARTS = [
  ["progress", lazy(() => import("./Progress"))],
  ["results", lazy(() => import("./Results"))],
  ["disclosures", lazy(() => import("./Learned"))],
  ["cost", lazy(() => import("./Cost"))],
  ["log", lazy(() => import("./Log"))],
  ["receipt", lazy(() => import("./Receipt"))],
  ["flow", lazy(() => import("./FlowOf"))],
] as const;

export default function JobPage({ params }: PageProps) {
  const t = jobs.useT();
  const id = params.id ?? "";
  const query = useGet("/jobs/{job_id}", { path: { job_id: id } });
  if (query.data === undefined) {
    return (
      <Page title={t("job")} crumbs={[[t("title"), "/jobs"]]}>
        <Async query={query} height={320}>
          {() => null}
        </Async>
      </Page>
    );
  }
  return <Shown key={id} job={query.data} />;
}

function Shown({ job }: { job: JobDetail }) {
  const t = jobs.useT();
  const w = useW();
  const title = (job.flow as { title?: { zh: string; en: string } }).title;
  return (
    <Page
      title={job.name}
      crumbs={[[t("title"), "/jobs"]]}
      badges={
        <>
          <StateBadge state={job.state} />
          {job.ended_at === null && <LiveMark />}
        </>
      }
      lead={<Lead job={job} title={w(title)} />}
      actions={<Actions job={job} />}
    >
      <Parts job={job} />
    </Page>
  );
}

function Lead({ job, title }: { job: JobDetail; title: string }) {
  const t = jobs.useT();
  return (
    <span className={styles.lead}>
      {title !== "" && <span>{title}</span>}
      <span className={styles.who}>
        {t("asked_by")} <Party name={job.initiator} size="sm" />
      </span>
      <span className={styles.who}>
        {Object.entries(job.parties).map(([name, { kind }]) => (
          <Party key={name} name={name} kind={kind === "dealer" ? "dealer" : "data"} size="sm" brief />
        ))}
      </span>
      <Time at={job.created_at} />
    </span>
  );
}

function Parts({ job }: { job: JobDetail }) {
  const t = jobs.useT();
  const me = useMe().node?.name;
  const [start] = useState(() => startOf(job, me)); // as it was found: no tab changes under anybody's hands
  const tabs = PARTS.map(
    ([name, Part]): PageTab => ({ name, title: t(`tab.${name}`), content: () => <Part job={job} /> }),
  );
  return <PageTabs tabs={tabs} label={t("parts")} start={start} />;
}
