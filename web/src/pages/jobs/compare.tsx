/** Two jobs side by side: what differs in the flow, in the cost and in the results. */
import { Select } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useGet } from "../../api/hooks";
import type { Job, JobDetail } from "../../api/types";
import { useFormat } from "../../core/format";
import { useQueryPart } from "../../core/location";
import { to } from "../../core/nav";
import type { FlowDoc } from "../../flow/document";
import { Compared } from "../../results/Compared";
import { Async, Empty, Loading } from "../../ui/Async";
import { StateBadge } from "../../ui/Badge";
import { Time } from "../../ui/Diagnostic";
import { Link } from "../../ui/Link";
import { Page } from "../../ui/Page";
import { Party } from "../../ui/Party";
import { Section } from "../../ui/Section";
import styles from "./compare.module.css";
import { costsOf, secondsOf } from "./cost";
import { jobs } from "./texts";

const DiffView = lazy(() => import("../../flow/diff/DiffView"));

export default function Compare() {
  const t = jobs.useT();
  const [query, change] = useQueryPart();
  const list = useGet("/jobs", { query: { limit: 200 } });
  const a = query.get("a");
  const b = query.get("b");
  return (
    <Page title={t("compare")} crumbs={[[t("title"), "/jobs"]]} lead={t("compare.lead")}>
      <div className={styles.choice}>
        <Choose
          label={t("compare.a")}
          value={a}
          jobs={list.data?.items ?? []}
          onChange={(value) => change({ a: value })}
        />
        <Choose
          label={t("compare.b")}
          value={b}
          jobs={list.data?.items ?? []}
          onChange={(value) => change({ b: value })}
        />
      </div>
      {a !== null && b !== null ? (
        <Both a={a} b={b} />
      ) : (
        <Empty title={t("compare.choose")} text={t("compare.choose_text")} />
      )}
    </Page>
  );
}

interface ChooseProps {
  label: string;
  value: string | null;
  jobs: Job[];
  onChange: (value: string | undefined) => void;
}

function Choose({ label, value, jobs: known, onChange }: ChooseProps) {
  const format = useFormat();
  const data = known.map((job) => ({
    value: job.id,
    label: `${job.name} · ${format.time(job.created_at)} · ${job.id.slice(-6)}`,
  }));
  return <Select label={label} data={data} value={value} searchable onChange={(next) => onChange(next ?? undefined)} />;
}

function Both({ a, b }: { a: string; b: string }) {
  const one = useGet("/jobs/{job_id}", { path: { job_id: a } });
  const other = useGet("/jobs/{job_id}", { path: { job_id: b } });
  return (
    <Async query={one} height={320}>
      {(first) => (
        <Async query={other} height={320}>
          {(second) => <Sides a={first} b={second} />}
        </Async>
      )}
    </Async>
  );
}

function Sides({ a, b }: { a: JobDetail; b: JobDetail }) {
  const t = jobs.useT();
  const same = a.flow_hash === b.flow_hash;
  return (
    <>
      <Section title={t("compare.facts")} flush>
        <Facts a={a} b={b} />
      </Section>
      <Section title={t("compare.flow")} lead={same ? t("compare.same_flow") : t("compare.other_flow")}>
        {!same && (
          <Suspense fallback={<Loading height={160} />}>
            <DiffView before={a.flow as unknown as FlowDoc} after={b.flow as unknown as FlowDoc} />
          </Suspense>
        )}
      </Section>
      <Compared a={a} b={b} />
    </>
  );
}

function Facts({ a, b }: { a: JobDetail; b: JobDetail }) {
  const t = jobs.useT();
  const format = useFormat();
  const bytes = (job: JobDetail): number | null => {
    const known = costsOf(job).flatMap((line) => line.bytes ?? []);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
  };
  const rows: [string, (job: JobDetail) => React.ReactNode][] = [
    [t("state"), (job) => <StateBadge state={job.state} />],
    [t("initiator"), (job) => <Party name={job.initiator} size="sm" />],
    [t("created"), (job) => <Time at={job.created_at} />],
    [t("took"), (job) => format.seconds(secondsOf(job, Date.now()))],
    [t("cost.sent"), (job) => format.bytes(bytes(job))],
    [t("steps"), (job) => t("steps_done", job.progress)],
    [t("flow.hash"), (job) => <code title={job.flow_hash}>{job.flow_hash.slice(0, 16)}…</code>],
  ];
  return (
    <div className={styles.box}>
      <table className={styles.facts}>
        <thead>
          <tr>
            <td />
            <th scope="col">
              <span className={styles.mark}>A</span> <Link href={to.job(a.id)}>{a.name}</Link>
            </th>
            <th scope="col">
              <span className={styles.mark}>B</span> <Link href={to.job(b.id)}>{b.name}</Link>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([label, show]) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>{show(a)}</td>
              <td>{show(b)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
