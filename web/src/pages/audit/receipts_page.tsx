/** Receipts of jobs that ended well, and verifying one that came from elsewhere. */
import { usePages } from "../../api/hooks";
import type { Job } from "../../api/types";
import { to } from "../../core/nav";
import { Async, Empty } from "../../ui/Async";
import { type Col, DataTable } from "../../ui/DataTable";
import { Time } from "../../ui/Diagnostic";
import { Link } from "../../ui/Link";
import { Page } from "../../ui/Page";
import { Party } from "../../ui/Party";
import { Section } from "../../ui/Section";
import styles from "./Audit.module.css";
import { Foreign } from "./Foreign";
import { audit } from "./texts";

export const receiptPlace = (job: string): string => `/audit/receipts/${encodeURIComponent(job)}`;

export default function ReceiptsPage() {
  const t = audit.useT();
  const { more, query } = usePages("/jobs", { query: { state: ["FINISHED"], limit: 100 } });
  const columns = useColumns();
  return (
    <Page title={t("receipts.title")} lead={t("receipts.lead")} help={<p>{t("receipts.help")}</p>}>
      <Section title={t("receipts.mine")}>
        <Async query={query} emptyView={<Empty title={t("receipts.empty")} text={t("receipts.empty_text")} />}>
          {(jobs) => (
            <DataTable
              caption={t("receipts.mine")}
              columns={columns}
              rows={jobs}
              rowKey={(job) => job.id}
              rowHref={(job) => receiptPlace(job.id)}
              onMore={more}
              sort="-ended"
              filter
            />
          )}
        </Async>
      </Section>
      <Section title={t("foreign")} lead={t("foreign.lead")}>
        <Foreign />
      </Section>
    </Page>
  );
}

function useColumns(): Col<Job>[] {
  const t = audit.useT();
  return [
    { key: "name", title: t("job"), sort: (job) => job.name, cell: (job) => job.name },
    {
      key: "initiator",
      title: t("initiator"),
      sort: (job) => job.initiator,
      cell: (job) => <Party name={job.initiator} size="sm" />,
    },
    {
      key: "parties",
      title: t("parties"),
      text: (job) => Object.keys(job.parties).join(" "),
      cell: (job) => (
        <span className={styles.line}>
          {Object.keys(job.parties).map((name) => (
            <Party key={name} name={name} size="sm" brief />
          ))}
        </span>
      ),
    },
    {
      key: "ended",
      title: t("ended"),
      tight: true,
      sort: (job) => job.ended_at,
      cell: (job) => <Time at={job.ended_at} />,
    },
    {
      key: "hash",
      title: t("flow_hash"),
      text: (job) => `${job.flow_hash} ${job.id}`,
      cell: (job) => <code title={job.flow_hash}>{job.flow_hash.slice(0, 12)}…</code>,
    },
    {
      key: "open",
      title: t("job.open"),
      hiddenTitle: true,
      align: "right",
      cell: (job) => <Link href={to.job(job.id)}>{t("job.open")}</Link>,
    },
  ];
}
