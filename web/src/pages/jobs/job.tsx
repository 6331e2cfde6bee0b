/** One job: how it goes, what it left, who learned what, what it cost, and what proves it. */
import { Tabs } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useGet } from "../../api/hooks";
import type { JobDetail } from "../../api/types";
import { useQueryPart } from "../../core/location";
import type { PageProps } from "../../core/nav";
import { useW } from "../../core/texts";
import { Async, Loading } from "../../ui/Async";
import { StateBadge } from "../../ui/Badge";
import { Time } from "../../ui/Diagnostic";
import { Page } from "../../ui/Page";
import { Party } from "../../ui/Party";
import { Actions } from "./Actions";
import styles from "./job.module.css";
import { LiveMark } from "./LiveMark";
import { jobs } from "./texts";

const Progress = lazy(() => import("./Progress"));
const Results = lazy(() => import("./Results"));
const Learned = lazy(() => import("./Learned"));
const Cost = lazy(() => import("./Cost"));
const Log = lazy(() => import("./Log"));
const Receipt = lazy(() => import("./Receipt"));
const FlowOf = lazy(() => import("./FlowOf"));

const TABS = ["progress", "results", "disclosures", "cost", "log", "receipt", "flow"] as const;
type Tab = (typeof TABS)[number];

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
  return <Shown job={query.data} />;
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
  const [query, change] = useQueryPart();
  const tab = TABS.find((known) => known === query.get("tab")) ?? "progress";
  return (
    <Tabs value={tab} onChange={(next) => change({ tab: next ?? undefined })} keepMounted={false}>
      <Tabs.List className={styles.tabs} aria-label={t("parts")}>
        {TABS.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {t(`tab.${name}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {TABS.map((name) => (
        <Tabs.Panel key={name} value={name} className={styles.panel}>
          <Suspense fallback={<Loading height={320} />}>
            <Part tab={name} job={job} />
          </Suspense>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

function Part({ tab, job }: { tab: Tab; job: JobDetail }) {
  switch (tab) {
    case "progress":
      return <Progress job={job} />;
    case "results":
      return <Results job={job} />;
    case "disclosures":
      return <Learned job={job} />;
    case "cost":
      return <Cost job={job} />;
    case "log":
      return <Log job={job} />;
    case "receipt":
      return <Receipt job={job} />;
    case "flow":
      return <FlowOf job={job} />;
  }
}
