/** A histogram with its quantiles. */
import type { ChartTable } from "../../charts/csv";
import type { Drawing } from "../../charts/option";
import type { ProfileColumn } from "../documents";

interface Words {
  from: string;
  to: string;
  rows: string;
}

const short = (value: number): string => Number(value.toPrecision(4)).toString();

export function histogramChart(column: ProfileColumn, words: Words): Drawing {
  const { edges = [], counts = [] } = column.histogram ?? {};
  const marks = Object.entries(column.quantiles ?? {}).filter(([share]) => ["0.25", "0.5", "0.75"].includes(share));
  return (palette) => ({
    tooltip: {
      trigger: "item",
      formatter: (given) => {
        const { dataIndex } = given as unknown as { dataIndex: number };
        return `${short(edges[dataIndex] ?? 0)} – ${short(edges[dataIndex + 1] ?? 0)}\n${words.rows} ${counts[dataIndex] ?? 0}`;
      },
    },
    grid: { top: 26, bottom: 8, left: 30 },
    xAxis: [
      { type: "category", show: false, data: counts.map((_, at) => String(at)) },
      { type: "value", position: "bottom", min: edges[0], max: edges.at(-1), splitLine: { show: false } },
    ],
    yAxis: { type: "value", name: words.rows, nameGap: 40, minInterval: 1 },
    series: [
      {
        type: "bar",
        barCategoryGap: "4%",
        data: counts,
        color: palette.party[0] ?? palette.accent,
        itemStyle: { opacity: 0.85 },
      },
      {
        type: "line",
        xAxisIndex: 1,
        data: [],
        markLine: {
          silent: true,
          symbol: "none",
          lineStyle: { color: palette.bad, type: "dashed" },
          label: { color: palette.text, fontSize: 11, formatter: (given: { name?: string }) => given.name ?? "" },
          data: marks.map(([share, value]) => ({ xAxis: value, name: `${Number(share) * 100} %` })),
        },
      },
    ],
  });
}

export function histogramTable(column: ProfileColumn, words: Words): ChartTable {
  const { edges = [], counts = [] } = column.histogram ?? {};
  return {
    columns: [words.from, words.to, words.rows],
    rows: counts.map((count, at) => [edges[at] ?? null, edges[at + 1] ?? null, count]),
  };
}
