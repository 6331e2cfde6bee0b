/** What was used: over the months, and by whom. */
import { NativeSelect } from "@mantine/core";
import { useState } from "react";
import type { UsageGroup } from "../../api/types";
import { Chart } from "../../charts/Chart";
import type { Option } from "../../charts/option";
import type { Palette } from "../../charts/palette";
import { useFormat } from "../../core/format";
import { Async, Empty } from "../../ui/Async";
import { type Col, DataTable } from "../../ui/DataTable";
import { Party } from "../../ui/Party";
import { Section } from "../../ui/Section";
import styles from "./cockpit.module.css";
import { type Grouping, useUsage } from "./data";
import { cockpit } from "./texts";

const TABLES = ["owner", "initiator", "dataset"] as const;

export function Metering() {
  const t = cockpit.useT();
  return (
    <div className={styles.pair}>
      <Section title={t("metering")} lead={t("metering.lead")}>
        <OverTime />
      </Section>
      <ByGroup label={t("metering.by")} />
    </div>
  );
}

function OverTime() {
  const t = cockpit.useT();
  const query = useUsage("month");
  return (
    <Async
      query={query}
      height={280}
      empty={({ items }) => items.length === 0}
      emptyView={<Empty title={t("metering.none")} />}
    >
      {({ items }) => {
        const names: [string, string] = [t("usage.rows"), t("usage.cpu")];
        return (
          <Chart
            caption={t("metering.caption")}
            table={{
              columns: [
                t("month"),
                t("usage.jobs"),
                t("usage.queries"),
                t("usage.rows"),
                t("usage.bytes"),
                t("usage.cpu"),
              ],
              rows: items.map((each) => [each.group, each.jobs, each.queries, each.rows, each.bytes_sent, each.cpu_s]),
            }}
            option={(palette) => drawn(items, names, palette)}
          />
        );
      }}
    </Async>
  );
}

function drawn(items: UsageGroup[], names: [string, string], palette: Palette): Option {
  return {
    tooltip: { trigger: "axis" },
    legend: {},
    xAxis: { type: "category", data: items.map(({ group }) => group) },
    yAxis: [{ type: "value" }, { type: "value", splitLine: { show: false } }],
    series: [
      {
        type: "bar",
        name: names[0],
        barMaxWidth: 40,
        itemStyle: { color: palette.info },
        data: items.map((each) => each.rows),
      },
      {
        type: "line",
        name: names[1],
        yAxisIndex: 1,
        symbolSize: 8,
        lineStyle: { color: palette.warn, type: "dashed" },
        itemStyle: { color: palette.warn },
        data: items.map((each) => Math.round(each.cpu_s * 10) / 10),
      },
    ],
  };
}

function ByGroup({ label }: { label: string }) {
  const t = cockpit.useT();
  const format = useFormat();
  const [by, setBy] = useState<(typeof TABLES)[number]>("owner");
  const query = useUsage(by);
  const columns: Col<UsageGroup>[] = [
    { key: "group", title: t(`by.${by}`), cell: (row) => <Name by={by} name={row.group} />, sort: (row) => row.group },
    {
      key: "jobs",
      title: t("usage.jobs"),
      cell: (row) => format.number(row.jobs),
      sort: (row) => row.jobs,
      align: "right",
    },
    {
      key: "rows",
      title: t("usage.rows"),
      cell: (row) => format.number(row.rows),
      sort: (row) => row.rows,
      align: "right",
    },
    { key: "bytes", title: t("usage.bytes"), cell: (row) => format.bytes(row.bytes_sent), align: "right" },
    { key: "cpu", title: t("usage.cpu"), cell: (row) => format.seconds(row.cpu_s), align: "right" },
  ];
  const choice = (
    <NativeSelect
      size="xs"
      aria-label={label}
      data={TABLES.map((value) => ({ value, label: t(`by.${value}`) }))}
      value={by}
      onChange={(event) => setBy(event.currentTarget.value as typeof by)}
    />
  );
  return (
    <Section title={label} actions={choice} flush>
      <Async query={query} empty={({ items }) => items.length === 0} emptyView={<Empty title={t("metering.none")} />}>
        {({ items }) => (
          <DataTable caption={label} columns={columns} rows={items} rowKey={(row) => row.group} sort="-rows" />
        )}
      </Async>
    </Section>
  );
}

function Name({ by, name }: { by: Grouping; name: string }) {
  return by === "dataset" ? <span>{name}</span> : <Party name={name} size="sm" />;
}
