/** What was used under an agreement, and who owes whom what. */
import { Button, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { BASE, send } from "../../api/client";
import { useGet } from "../../api/hooks";
import { asProblem } from "../../api/problem";
import type { Agreement, UsageBill, UsageGroup } from "../../api/types";
import { csvOf, fileName, save } from "../../charts/csv";
import { useFormat } from "../../core/format";
import { to } from "../../core/nav";
import { notify } from "../../core/notify";
import { Can } from "../../core/permissions";
import { useProblemText } from "../../core/problems";
import { useMe } from "../../core/session";
import { DateField } from "../../dates/DateField";
import { Async, Empty } from "../../ui/Async";
import { type Col, DataTable } from "../../ui/DataTable";
import { Link } from "../../ui/Link";
import { Party } from "../../ui/Party";
import { Card, Section } from "../../ui/Section";
import { type Period, periodQuery } from "./period";
import styles from "./projects.module.css";
import { projects } from "./texts";

const GROUPINGS = ["dataset", "owner", "initiator", "month"] as const;
type Grouping = (typeof GROUPINGS)[number];

export function UsageTab({ agreement }: { agreement: Agreement }) {
  const t = projects.useT();
  const me = useMe();
  const [period, setPeriod] = useState<Period>({ since: "", until: "" });
  return (
    <>
      <Card>
        <div className={styles.row}>
          <DateField
            label={t("usage.since")}
            value={period.since}
            onChange={(day) => setPeriod({ ...period, since: day })}
          />
          <DateField
            label={t("usage.until")}
            value={period.until}
            onChange={(day) => setPeriod({ ...period, until: day })}
          />
        </div>
      </Card>
      <Usage agreement={agreement} period={period} />
      {me.can("metering.export") && agreement.prices !== null && <Bill agreement={agreement} period={period} />}
    </>
  );
}

interface PartProps {
  agreement: Agreement;
  period: Period;
}

function Usage({ agreement, period }: PartProps) {
  const t = projects.useT();
  const format = useFormat();
  const [by, setBy] = useState<Grouping>("dataset");
  const asked = { agreement: agreement.id, ...periodQuery(period) };
  const query = useGet("/usage/summary", { query: { by, ...asked } });
  const tools = (
    <NativeSelect
      size="xs"
      aria-label={t("usage.by")}
      data={GROUPINGS.map((value) => ({ value, label: t(`by.${value}`) }))}
      value={by}
      onChange={(event) => setBy(event.currentTarget.value as Grouping)}
    />
  );
  const number = (key: "jobs" | "queries" | "rows"): Col<UsageGroup> => ({
    key,
    title: t(`usage.${key}`),
    cell: (group) => format.number(group[key]),
    sort: (group) => group[key],
    align: "right",
  });
  const columns: Col<UsageGroup>[] = [
    {
      key: "group",
      title: t(`by.${by}`),
      cell: (group) => <GroupName by={by} name={group.group} />,
      sort: (g) => g.group,
    },
    number("jobs"),
    number("queries"),
    number("rows"),
    { key: "bytes", title: t("usage.bytes"), cell: (group) => format.bytes(group.bytes_sent), align: "right" },
    { key: "cpu", title: t("usage.cpu"), cell: (group) => format.seconds(group.cpu_s), align: "right" },
  ];
  return (
    <Section title={t("usage.title")} lead={t("usage.lead")} actions={<Export asked={asked} tools={tools} />} flush>
      <Async query={query} empty={({ items }) => items.length === 0} emptyView={<Empty title={t("usage.none")} />}>
        {({ items }) => (
          <DataTable caption={t("usage.caption")} columns={columns} rows={items} rowKey={(group) => group.group} />
        )}
      </Async>
    </Section>
  );
}

function GroupName({ by, name }: { by: Grouping; name: string }) {
  return by === "owner" || by === "initiator" ? <Party name={name} size="sm" /> : <span>{name}</span>;
}

/** The node's own CSV, line by line. */
function Export({ asked, tools }: { asked: Record<string, string>; tools: React.ReactNode }) {
  const t = projects.useT();
  const problemText = useProblemText();
  const download = async (): Promise<void> => {
    try {
      const answer = await send(new Request(`${BASE}/usage/export?${new URLSearchParams(asked)}`));
      save("usage.csv", await answer.text(), "text/csv;charset=utf-8");
    } catch (thrown) {
      notify({ tone: "bad", text: problemText(asProblem(thrown)).title });
    }
  };
  return (
    <>
      {tools}
      <Can action="metering.export">
        <Button variant="default" size="compact-sm" onClick={() => void download()}>
          {t("usage.export")}
        </Button>
      </Can>
    </>
  );
}

function Bill({ agreement, period }: PartProps) {
  const t = projects.useT();
  const query = useGet("/usage/bills/{agreement}", { path: { agreement: agreement.id }, query: periodQuery(period) });
  const bill = query.data;
  const download =
    bill && bill.charges.length > 0 ? (
      <Button
        variant="default"
        size="compact-sm"
        onClick={() => save(`${fileName(agreement.name)}-bill.csv`, billCsv(bill), "text/csv;charset=utf-8")}
      >
        {t("bill.export")}
      </Button>
    ) : undefined;
  return (
    <Section title={t("bill.title")} lead={t("bill.lead")} actions={download}>
      <Async query={query} empty={({ charges }) => charges.length === 0} emptyView={<Empty title={t("bill.none")} />}>
        {(found) => (
          <div className={styles.tables}>
            <h3>{t("bill.payments")}</h3>
            <Payments of={found.payments} />
            <h3>{t("bill.charges")}</h3>
            <Charges of={found.charges} />
          </div>
        )}
      </Async>
    </Section>
  );
}

/** Of what the node answered, with the decimals as they are. */
function billCsv(bill: UsageBill): string {
  return csvOf({
    columns: ["job", "payer", "quantity", "unit", "price", "currency", "amount"],
    rows: bill.charges.map((charge) => [
      charge.job,
      charge.payer,
      charge.quantity,
      charge.unit,
      charge.price,
      charge.currency,
      charge.amount,
    ]),
  });
}

function Payments({ of: payments }: { of: UsageBill["payments"] }) {
  const t = projects.useT();
  const format = useFormat();
  const columns: Col<UsageBill["payments"][number]>[] = [
    { key: "payer", title: t("bill.payer"), cell: (row) => <Party name={row.payer} size="sm" /> },
    { key: "receiver", title: t("bill.receiver"), cell: (row) => <Party name={row.receiver} size="sm" /> },
    {
      key: "amount",
      title: t("bill.amount"),
      cell: (row) => <strong>{format.money(row.amount, row.currency)}</strong>,
      align: "right",
    },
  ];
  return (
    <DataTable
      caption={t("bill.payments")}
      columns={columns}
      rows={payments}
      rowKey={(row) => `${row.payer} ${row.receiver} ${row.currency}`}
    />
  );
}

function Charges({ of: charges }: { of: UsageBill["charges"] }) {
  const t = projects.useT();
  const format = useFormat();
  const isUnit = (unit: string): unit is "job" | "row" | "query" => ["job", "row", "query"].includes(unit);
  const columns: Col<UsageBill["charges"][number]>[] = [
    { key: "job", title: t("bill.job"), cell: (row) => <Link href={to.job(row.job)}>{row.job.slice(0, 12)}…</Link> },
    { key: "payer", title: t("bill.payer"), cell: (row) => <Party name={row.payer} size="sm" /> },
    {
      key: "quantity",
      title: t("bill.quantity"),
      cell: (row) => (isUnit(row.unit) ? t(`bill.unit.${row.unit}`, { count: row.quantity }) : row.unit),
      align: "right",
    },
    { key: "price", title: t("bill.price"), cell: (row) => format.money(row.price, row.currency), align: "right" },
    { key: "amount", title: t("bill.amount"), cell: (row) => format.money(row.amount, row.currency), align: "right" },
  ];
  return (
    <DataTable
      caption={t("bill.charges")}
      columns={columns}
      rows={charges}
      rowKey={(row) => `${row.job} ${row.unit} ${row.price} ${row.currency} ${row.payer}`}
    />
  );
}
