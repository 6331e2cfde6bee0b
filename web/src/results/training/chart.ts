/** Loss curves of one job or several. */
import type { ChartTable } from "../../charts/csv";
import type { Drawing } from "../../charts/option";
import type { TrainingReport } from "../documents";

interface Run {
  name: string;
  report: TrainingReport;
}

export function lossChart(runs: Run[], words: { epoch: string; loss: string }, log: boolean): Drawing {
  return (palette) => ({
    tooltip: { trigger: "axis" },
    legend: runs.length > 1 ? {} : undefined,
    grid: { top: runs.length > 1 ? 34 : 12, bottom: 30, left: 30 },
    xAxis: { type: "value", name: words.epoch, min: 1, max: "dataMax", minInterval: 1, splitLine: { show: false } },
    yAxis: { type: log ? "log" : "value", name: words.loss, scale: true, nameGap: 44 },
    series: runs.map(({ report }, at) => ({
      type: "line",
      name: runs[at]?.name,
      data: report.epochs.map(({ epoch, loss }) => [epoch, loss]),
      symbol: at === 0 ? "circle" : "diamond",
      symbolSize: report.epochs.length > 60 ? 0 : 5,
      lineStyle: { width: 2, type: at === 0 ? "solid" : "dashed" },
      color: palette.party[at] ?? palette.accent,
    })),
  });
}

export function lossTable(runs: Run[], epoch: string): ChartTable {
  const longest = Math.max(0, ...runs.map(({ report }) => report.epochs.length));
  const rows = Array.from({ length: longest }, (_, at) => [
    at + 1,
    ...runs.map(({ report }) => report.epochs[at]?.loss ?? null),
  ]);
  return { columns: [epoch, ...runs.map((run) => run.name)], rows };
}
