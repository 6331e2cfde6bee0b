/** Jobs by day and outcome, and what they took. */
import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { useGet } from "../../api/hooks";
import type { Activity } from "../../api/types";
import { Chart } from "../../charts/Chart";
import type { Option } from "../../charts/option";
import type { Palette } from "../../charts/palette";
import { useFormat } from "../../core/format";
import { Async } from "../../ui/Async";
import { Section } from "../../ui/Section";
import styles from "./cockpit.module.css";
import { cockpit } from "./texts";

type Day = Activity["days"][number];

const SPANS = ["7", "30", "90"] as const;
const SERIES = ["finished", "failed", "rejected", "cancelled"] as const;
const MEGA = 1_000_000;

export function JobsPerDay() {
  const t = cockpit.useT();
  const [span, setSpan] = useState<string>("30");
  const activity = useGet("/node/activity", { query: { days: Number(span) } }, { staleTime: 30_000 });
  const choice = (
    <SegmentedControl
      size="xs"
      aria-label={t("span")}
      value={span}
      onChange={setSpan}
      data={SPANS.map((value) => ({ value, label: t("span.days", { count: Number(value) }) }))}
    />
  );
  return (
    <Section title={t("jobs")} lead={t("jobs.lead")} actions={choice}>
      <Async query={activity} height={280}>
        {({ days }) => (
          <div className={styles.pair}>
            <Outcomes days={days} />
            <Resources days={days} />
          </div>
        )}
      </Async>
    </Section>
  );
}

function useLabels(days: Day[]): string[] {
  const format = useFormat();
  return days.map(({ day }) => format.date(`${day}T12:00`));
}

function Outcomes({ days }: { days: Day[] }) {
  const t = cockpit.useT();
  const labels = useLabels(days);
  const names = SERIES.map((series) => t(`series.${series}`));
  const rows = days.map((day) => [day.day, ...SERIES.map((series) => day[series])]);
  return (
    <Chart
      caption={t("jobs.caption")}
      table={{ columns: [t("day"), ...names], rows }}
      option={(palette) => outcomes(days, names, labels, palette)}
    />
  );
}

function outcomes(days: Day[], names: string[], labels: string[], palette: Palette): Option {
  const colours = [palette.ok, palette.bad, palette.warn, palette.idle];
  return {
    tooltip: { trigger: "axis" },
    legend: {},
    xAxis: { type: "category", data: labels },
    yAxis: { type: "value", minInterval: 1 },
    series: SERIES.map((series, place) => ({
      type: "bar" as const,
      name: names[place] ?? series,
      stack: "jobs",
      barMaxWidth: 28,
      itemStyle: { color: colours[place] },
      data: days.map((day) => day[series]),
    })),
  };
}

function Resources({ days }: { days: Day[] }) {
  const t = cockpit.useT();
  const labels = useLabels(days);
  const names: [string, string] = [t("resources.cpu"), t("resources.bytes")];
  const rows = days.map((day) => [day.day, rounded(day.cpu_s), rounded(day.bytes_sent / MEGA)]);
  return (
    <Chart
      caption={t("resources.caption")}
      table={{ columns: [t("day"), ...names], rows }}
      option={(palette) => resources(days, names, labels, palette)}
    />
  );
}

const rounded = (value: number): number => Math.round(value * 100) / 100;

function resources(days: Day[], names: [string, string], labels: string[], palette: Palette): Option {
  return {
    tooltip: { trigger: "axis" },
    legend: {},
    xAxis: { type: "category", data: labels },
    yAxis: [{ type: "value" }, { type: "value", splitLine: { show: false } }],
    series: [
      {
        type: "bar",
        name: names[0],
        barMaxWidth: 28,
        itemStyle: { color: palette.info },
        data: days.map((day) => rounded(day.cpu_s)),
      },
      {
        type: "line",
        name: names[1],
        yAxisIndex: 1,
        lineStyle: { color: palette.warn, type: "dashed" },
        itemStyle: { color: palette.warn },
        data: days.map((day) => rounded(day.bytes_sent / MEGA)),
      },
    ],
  };
}
