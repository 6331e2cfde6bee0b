/** Groups side by side: a mean with its spread, and all columns at once in standard deviations. */
import type { ChartTable } from "../../charts/csv";
import type { Drawing } from "../../charts/option";
import type { StatisticsReport } from "../documents";
import { deviation, labelOf, measured, standardised } from "./figures";

const MOST_COLUMNS = 24;

export function groupChart(
  report: StatisticsReport,
  column: number,
  words: { all: string; mean: string; sd: string },
): Drawing {
  const rows = [{ label: words.all, cells: report.overall.cells }, ...report.groups];
  const known = rows.map((row) => row.cells[column] ?? null);
  const spreads = known.flatMap((cell, at) => {
    const sd = deviation(cell);
    const mean = cell?.mean;
    return sd === null || mean == null ? [] : [[{ coord: [at, mean - sd] }, { coord: [at, mean + sd] }]];
  });
  const ends = known.flatMap((cell) => {
    const sd = deviation(cell) ?? 0;
    return cell?.mean == null ? [] : [cell.mean - sd, cell.mean + sd];
  });
  return (palette) => ({
    tooltip: {
      trigger: "item",
      formatter: (given) => {
        const { dataIndex, name } = given as unknown as { dataIndex: number; name: string };
        const cell = known[dataIndex] ?? null;
        const sd = deviation(cell);
        return `${name}\n${words.mean} ${cell?.mean ?? "–"}${sd === null ? "" : `\n${words.sd} ${sd}`}`;
      },
    },
    grid: { top: 16, left: 48, bottom: 8 },
    xAxis: { type: "category", data: rows.map((row) => labelOf(row.label)) },
    yAxis: {
      type: "value",
      name: `${words.mean} ± ${words.sd}`,
      nameGap: 50,
      min: rounded(Math.min(0, ...ends), Math.floor),
      max: rounded(Math.max(0, ...ends), Math.ceil),
    },
    series: [
      {
        type: "bar",
        barMaxWidth: 56,
        data: known.map((cell, at) => ({
          value: cell?.mean ?? undefined,
          itemStyle: { color: at === 0 ? palette.idle : (palette.party[0] ?? palette.accent), opacity: 0.85 },
        })),
        itemStyle: { borderRadius: [4, 4, 0, 0] },
        markLine: {
          silent: true,
          symbol: "rect",
          symbolSize: [12, 2],
          animation: false,
          lineStyle: { color: palette.text, type: "solid", width: 1.5 },
          data: spreads as never,
        },
      },
    ],
  });
}

/** One decimal, without the sign of a nought. */
const tenths = (value: number): string => (Math.round(value * 10) / 10 || 0).toFixed(1).replace("-", "−");

/** To two figures, outwards: the axis has to hold the whole spread. */
function rounded(value: number, how: (value: number) => number): number {
  if (value === 0) return 0;
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1);
  return Number((how(value / unit) * unit).toPrecision(12));
}

export function groupTable(
  report: StatisticsReport,
  column: number,
  words: { all: string; group: string; mean: string; sd: string },
): ChartTable {
  const rows = [{ label: words.all, cells: report.overall.cells }, ...report.groups];
  return {
    columns: [words.group, words.mean, words.sd],
    rows: rows.map((row) => {
      const cell = row.cells[column] ?? null;
      return [labelOf(row.label), measured(cell, "mean") ?? null, deviation(cell)];
    }),
  };
}

export function heatChart(report: StatisticsReport, order: number[]): Drawing {
  const shown = order.slice(0, MOST_COLUMNS);
  const data = shown.flatMap((column, y) =>
    report.groups.map((_, x) => [x, y, standardised(report, x, column)] as [number, number, number | null]),
  );
  const most = Math.max(0.5, ...data.map(([, , value]) => Math.abs(value ?? 0)));
  return (palette) => ({
    tooltip: {
      formatter: (given) => {
        const [x, y, value] = (given as unknown as { value: [number, number, number | null] }).value;
        const group = labelOf(report.groups[x]?.label ?? null);
        const column = report.columns[shown[y] ?? 0]?.name ?? "";
        return `${column}\n${group}: ${value === null ? "–" : `${value > 0 ? "+" : ""}${value.toFixed(2)} σ`}`;
      },
    },
    grid: { top: 8, bottom: 46, right: 8 },
    xAxis: { type: "category", data: report.groups.map((group) => labelOf(group.label)), axisLine: { show: false } },
    yAxis: {
      type: "category",
      inverse: true,
      axisLine: { show: false },
      data: shown.map((column) => report.columns[column]?.name ?? ""),
      axisLabel: { width: 150, overflow: "truncate" },
    },
    visualMap: {
      min: -most,
      max: most,
      calculable: false,
      orient: "horizontal",
      left: "center",
      bottom: 0,
      itemWidth: 10,
      itemHeight: 120,
      text: [`+${most.toFixed(1)} σ`, `−${most.toFixed(1)} σ`],
      textStyle: { color: palette.soft },
      inRange: { color: [palette.party[6] ?? palette.info, palette.surface, palette.party[1] ?? palette.warn] },
    },
    series: [
      {
        type: "heatmap",
        data: data as never,
        itemStyle: { borderColor: palette.line, borderWidth: 1 },
        label: {
          show: report.groups.length <= 8,
          formatter: (given: { value: unknown }) => {
            const value = (given.value as (number | null)[])[2];
            return value == null ? "" : tenths(value);
          },
          color: palette.text,
          fontSize: 11,
        } as never,
      },
    ],
  });
}

export function heatTable(report: StatisticsReport, order: number[], column: string): ChartTable {
  return {
    columns: [column, ...report.groups.map((group) => labelOf(group.label))],
    rows: order.map((at) => [
      report.columns[at]?.name ?? "",
      ...report.groups.map((_, group) => standardised(report, group, at)),
    ]),
  };
}
