import { usePages } from "../../api/hooks";
import type { Agreement, Job } from "../../api/types";
import { useFormat } from "../../core/format";
import { to } from "../../core/nav";
import { Async, Empty } from "../../ui/Async";
import { StateBadge } from "../../ui/Badge";
import { type Col, DataTable } from "../../ui/DataTable";
import { Party } from "../../ui/Party";
import { Section } from "../../ui/Section";
import { projects } from "./texts";

export function JobsTab({ agreement }: { agreement: Agreement }) {
  const t = projects.useT();
  const columns = useColumns();
  const { query, items, more } = usePages("/jobs", { query: { agreement: agreement.id, limit: 100 } });
  return (
    <Section title={t("tab.jobs")} flush>
      <Async query={query} emptyView={<Empty title={t("jobs.none")} text={t("jobs.none.text")} />}>
        {() => (
          <DataTable
            caption={t("jobs.caption")}
            columns={columns}
            rows={items}
            rowKey={(job) => job.id}
            rowHref={(job) => to.job(job.id)}
            onMore={more}
            sort="-created"
          />
        )}
      </Async>
    </Section>
  );
}

function useColumns(): Col<Job>[] {
  const t = projects.useT();
  const format = useFormat();
  return [
    { key: "name", title: t("col.name"), cell: (job) => job.name, sort: (job) => job.name },
    { key: "state", title: t("col.state"), cell: (job) => <StateBadge state={job.state} />, sort: (job) => job.state },
    { key: "initiator", title: t("jobs.initiator"), cell: (job) => <Party name={job.initiator} size="sm" /> },
    {
      key: "created",
      title: t("jobs.created"),
      cell: (job) => format.time(job.created_at),
      sort: (job) => job.created_at,
      tight: true,
    },
    {
      key: "progress",
      title: t("jobs.progress"),
      cell: (job) => `${job.progress.done} / ${job.progress.total}`,
      align: "right",
    },
  ];
}
