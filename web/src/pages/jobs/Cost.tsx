/** Forecast and actual cost, by step and by party. */
import { useMemo } from "react";
import type { JobDetail } from "../../api/types";
import { Chart } from "../../charts/Chart";
import type { Drawing } from "../../charts/option";
import { useFormat } from "../../core/format";
import { type Tile, Tiles } from "../../results/Tiles";
import { Empty } from "../../ui/Async";
import { DataTable } from "../../ui/DataTable";
import { Party } from "../../ui/Party";
import { Section } from "../../ui/Section";
import { type CostLine, costsByParty, costsOf, forecastOf, type PartyCost, secondsOf } from "./cost";
import styles from "./job.module.css";
import { jobs } from "./texts";

export default function Cost({ job }: { job: JobDetail }) {
  const t = jobs.useT();
  const lines = useMemo(() => costsOf(job), [job]);
  const tiles = useTiles(job, lines);
  const known = lines.some((line) => line.seconds !== null || line.forecast !== null);
  if (!known) return <Empty title={t("cost.none")} text={t("cost.none_text")} />;
  return (
    <div className={styles.stack}>
      <Tiles tiles={tiles} />
      <Section title={t("cost.time")} lead={t("cost.time_lead")}>
        <Times lines={lines} />
      </Section>
      <Section title={t("cost.steps")} flush>
        <Table lines={lines} />
      </Section>
      <Section title={t("cost.parties")} lead={t("cost.parties_lead")} flush>
        <Parties parties={costsByParty(job)} job={job} />
      </Section>
    </div>
  );
}

function useTiles(job: JobDetail, lines: CostLine[]): Tile[] {
  const t = jobs.useT();
  const format = useFormat();
  const forecast = forecastOf(job);
  const total = (pick: (line: CostLine) => number | null): number | null => {
    const values = lines.flatMap((line) => pick(line) ?? []);
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
  };
  const note = (value: string): string => (forecast === null ? t("cost.no_forecast") : t("cost.forecast", { value }));
  const peak = lines.reduce<number | null>(
    (most, line) => (line.memory === null ? most : Math.max(most ?? 0, line.memory)),
    null,
  );
  return [
    {
      label: t("took"),
      value: format.seconds(secondsOf(job, Date.now())),
      note: note(format.seconds(forecast?.seconds)),
      main: true,
    },
    {
      label: t("cost.sent"),
      value: format.bytes(total((line) => line.bytes)),
      note: note(format.bytes(forecast?.bytes_sent)),
    },
    {
      label: t("cost.memory"),
      value: format.bytes(peak === null ? null : peak * 1e6),
      note: note(format.bytes(forecast === null ? null : forecast.memory_mb * 1e6)),
    },
    { label: t("cost.cpu"), value: format.seconds(total((line) => line.cpu)) },
  ];
}

function Times({ lines }: { lines: CostLine[] }) {
  const t = jobs.useT();
  const words = { forecast: t("forecast"), actual: t("cost.actual"), step: t("step"), seconds: t("cost.seconds") };
  const option = useMemo(
    () => timesChart(lines, { forecast: words.forecast, actual: words.actual, seconds: words.seconds }),
    [lines, words.forecast, words.actual, words.seconds],
  );
  return (
    <Chart
      caption={t("cost.chart")}
      option={option}
      table={{
        columns: [words.step, words.forecast, words.actual],
        rows: lines.map((line) => [line.step, line.forecast?.seconds ?? null, line.seconds]),
      }}
      height={70 + 30 * lines.length}
    />
  );
}

function timesChart(lines: CostLine[], words: { forecast: string; actual: string; seconds: string }): Drawing {
  return (palette) => ({
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "shadow" },
      valueFormatter: (value) => (value == null ? "–" : `${Number(value).toFixed(2)} s`),
    },
    legend: {},
    grid: { top: 34, left: 8, right: 24, bottom: 30 },
    xAxis: { type: "value", name: words.seconds },
    yAxis: {
      type: "category",
      inverse: true,
      data: lines.map((line) => line.step),
      axisLabel: { width: 150, overflow: "truncate" },
    },
    series: [
      {
        type: "bar",
        name: words.forecast,
        data: lines.map((line) => line.forecast?.seconds ?? null) as number[],
        barGap: "10%",
        barMaxWidth: 10,
        itemStyle: { color: palette.surface, borderColor: palette.lineStrong, borderWidth: 1.5, borderType: "dashed" },
      },
      {
        type: "bar",
        name: words.actual,
        data: lines.map((line) => line.seconds) as number[],
        barMaxWidth: 10,
        color: palette.party[0] ?? palette.accent,
        itemStyle: { borderRadius: 3 },
      },
    ],
  });
}

function Table({ lines }: { lines: CostLine[] }) {
  const t = jobs.useT();
  const format = useFormat();
  const both = (forecast: string, actual: string) => (
    <>
      {actual} <span className={styles.muted}>/ {forecast}</span>
    </>
  );
  return (
    <DataTable
      caption={t("cost.steps")}
      rows={lines}
      rowKey={(line) => line.step}
      columns={[
        { key: "step", title: t("step"), cell: (line) => <strong>{line.step}</strong> },
        {
          key: "seconds",
          title: t("cost.col.seconds"),
          align: "right",
          tight: true,
          cell: (line) => both(format.seconds(line.forecast?.seconds), format.seconds(line.seconds)),
          sort: (line) => line.seconds,
        },
        {
          key: "bytes",
          title: t("cost.col.bytes"),
          align: "right",
          tight: true,
          cell: (line) => both(format.bytes(line.forecast?.bytes_sent), format.bytes(line.bytes)),
          sort: (line) => line.bytes,
        },
        {
          key: "memory",
          title: t("cost.col.memory"),
          align: "right",
          tight: true,
          cell: (line) =>
            both(
              format.bytes(line.forecast === null ? null : line.forecast.memory_mb * 1e6),
              format.bytes(line.memory === null ? null : line.memory * 1e6),
            ),
        },
        {
          key: "cpu",
          title: t("cost.cpu"),
          align: "right",
          tight: true,
          cell: (line) => format.seconds(line.cpu),
          sort: (line) => line.cpu,
        },
        {
          key: "rounds",
          title: t("cost.rounds"),
          align: "right",
          cell: (line) => format.number(line.rounds),
          sort: (line) => line.rounds,
        },
        {
          key: "told",
          title: t("cost.told"),
          cell: (line) => line.told.map((party) => <Party key={party} name={party} size="sm" brief />),
        },
      ]}
    />
  );
}

function Parties({ parties, job }: { parties: PartyCost[]; job: JobDetail }) {
  const t = jobs.useT();
  const format = useFormat();
  return (
    <DataTable
      caption={t("cost.parties")}
      rows={parties}
      rowKey={(line) => line.party}
      columns={[
        {
          key: "party",
          title: t("party"),
          cell: (line) => (
            <Party name={line.party} kind={job.parties[line.party]?.kind === "dealer" ? "dealer" : "data"} />
          ),
        },
        { key: "cpu", title: t("cost.cpu"), align: "right", cell: (line) => format.seconds(line.cpu) },
        { key: "sent", title: t("cost.sent"), align: "right", cell: (line) => format.bytes(line.sent) },
        { key: "received", title: t("cost.received"), align: "right", cell: (line) => format.bytes(line.received) },
        {
          key: "memory",
          title: t("cost.memory"),
          align: "right",
          cell: (line) => format.bytes(line.memory === null ? null : line.memory * 1e6),
        },
      ]}
    />
  );
}
