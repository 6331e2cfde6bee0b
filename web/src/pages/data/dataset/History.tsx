/** What happened to a dataset: jobs that used it, and changes of its labels. */
import { usePages } from "../../../api/hooks";
import type { DatasetUse, LabelChange } from "../../../api/types";
import { useFormat } from "../../../core/format";
import { to } from "../../../core/nav";
import { useMe } from "../../../core/session";
import { Async, Empty } from "../../../ui/Async";
import { Level } from "../../../ui/Badge";
import { type Col, DataTable } from "../../../ui/DataTable";
import { Time } from "../../../ui/Diagnostic";
import { Link } from "../../../ui/Link";
import { Party } from "../../../ui/Party";
import { Section } from "../../../ui/Section";
import { usePerson } from "../people";
import { data } from "../texts";

export function History({ name }: { name: string }) {
  const { can } = useMe();
  return (
    <>
      {can("metering.read") && <Uses name={name} />}
      {can("label.read") && <LabelChanges name={name} />}
    </>
  );
}

function Uses({ name }: { name: string }) {
  const t = data.useT();
  const format = useFormat();
  const { node } = useMe();
  const { items, more, query } = usePages("/usage", { query: { dataset: name, owner: node?.name, limit: 100 } });
  const columns: Col<DatasetUse>[] = [
    { key: "time", title: t("time"), cell: (one) => <Time at={one.time} />, sort: (one) => one.time, tight: true },
    {
      key: "job",
      title: t("job"),
      cell: (one) => <Link href={to.job(one.job)}>{one.job.slice(0, 14)}…</Link>,
      tight: true,
    },
    { key: "by", title: t("initiator"), cell: (one) => <Party name={one.initiator} size="sm" />, tight: true },
    { key: "operators", title: t("operators"), cell: (one) => one.operators.join(", ") },
    { key: "columns", title: t("columns"), align: "right", cell: (one) => one.columns },
    {
      key: "rows",
      title: t("rows"),
      align: "right",
      cell: (one) => format.number(one.rows, 0),
      sort: (one) => one.rows,
    },
  ];
  return (
    <Section title={t("uses")} lead={t("uses.lead")} flush>
      <Async query={query} emptyView={<Empty title={t("uses.none")} />}>
        {() => (
          <DataTable
            caption={t("uses")}
            columns={columns}
            rows={items}
            rowKey={(one) => `${one.job} ${one.dataset}`}
            onMore={more}
          />
        )}
      </Async>
    </Section>
  );
}

function LabelChanges({ name }: { name: string }) {
  const t = data.useT();
  const person = usePerson();
  const { items, more, query } = usePages("/datasets/{name}/labels/history", { path: { name }, query: { limit: 100 } });
  const columns: Col<LabelChange>[] = [
    { key: "at", title: t("time"), cell: (one) => <Time at={one.at} />, sort: (one) => one.at, tight: true },
    { key: "column", title: t("column"), cell: (one) => <strong>{one.column}</strong>, sort: (one) => one.column },
    { key: "level", title: t("level"), cell: (one) => <Level level={one.level} />, tight: true },
    { key: "source", title: t("labels.source"), cell: (one) => <ChangeSource source={one.source} />, tight: true },
    { key: "by", title: t("by"), cell: (one) => person(one.by) },
    { key: "reason", title: t("reason"), cell: (one) => <span data-raw>{one.reason}</span> },
  ];
  return (
    <Section title={t("label_history")} flush>
      <Async query={query} emptyView={<Empty title={t("label_history.none")} />}>
        {() => (
          <DataTable
            caption={t("label_history")}
            columns={columns}
            rows={items}
            rowKey={(one) => String(one.number)}
            onMore={more}
          />
        )}
      </Async>
    </Section>
  );
}

const SOURCES = ["suggested", "confirmed", "inherited", "pending", "rejected"] as const;

function ChangeSource({ source }: { source: string }) {
  const t = data.useT();
  const known = SOURCES.find((one) => one === source);
  return <span>{known === undefined ? source : t(`change.${known}`)}</span>;
}
