/** How the scores of a table are spread, by class where the label stands beside them. */
import { useMemo } from "react";
import { Chart } from "../../charts/Chart";
import type { ChartTable } from "../../charts/csv";
import type { Drawing } from "../../charts/option";
import { useFormat } from "../../core/format";
import { results } from "../texts";
import { type Spread, spreadOf, type TablePage } from "./scores";

export function Scores({ page }: { page: TablePage }) {
  const t = results.useT();
  const format = useFormat();
  const spread = useMemo(() => spreadOf(page), [page]);
  const words = { score: t("evaluation.score"), rows: t("rows"), all: t("scores.all"), from: t("from"), to: t("to") };
  // biome-ignore lint/correctness/useExhaustiveDependencies: words change with the language, and so does format
  const option = useMemo(() => chartOf(spread, words), [spread, format]);
  return <Chart caption={t("scores.title")} option={option} table={tableOf(spread, words)} />;
}

interface Words {
  score: string;
  rows: string;
  all: string;
  from: string;
  to: string;
}

const short = (value: number): string => Number(value.toPrecision(3)).toString();

function chartOf(spread: Spread, words: Words): Drawing {
  return (palette) => ({
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
    legend: spread.classes.length > 1 ? {} : undefined,
    grid: { top: spread.classes.length > 1 ? 34 : 12, bottom: 30, left: 30 },
    xAxis: {
      type: "category",
      name: words.score,
      data: spread.edges.slice(0, -1).map((edge, at) => `${short(edge)}–${short(spread.edges[at + 1] ?? edge)}`),
    },
    yAxis: { type: "value", name: words.rows, nameGap: 40, minInterval: 1 },
    series: spread.classes.map(({ name, counts }, at) => ({
      type: "bar",
      stack: "all",
      name: name ?? words.all,
      data: counts,
      barCategoryGap: "8%",
      color: palette.party[at % palette.party.length] ?? palette.accent,
    })),
  });
}

const tableOf = (spread: Spread, words: Words): ChartTable => ({
  columns: [words.from, words.to, ...spread.classes.map(({ name }) => name ?? words.all)],
  rows: spread.edges
    .slice(0, -1)
    .map((edge, at) => [edge, spread.edges[at + 1] ?? null, ...spread.classes.map(({ counts }) => counts[at] ?? 0)]),
});
