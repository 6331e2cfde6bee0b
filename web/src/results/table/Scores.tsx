/** How the scores of a table are spread; loaded when asked, since it needs the rows. */
import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import { useGet } from "../../api/hooks";
import type { JobResult } from "../../api/types";
import { Chart } from "../../charts/Chart";
import type { ChartTable } from "../../charts/csv";
import type { Drawing } from "../../charts/option";
import { useFormat } from "../../core/format";
import { Async } from "../../ui/Async";
import parts from "../parts.module.css";
import { results } from "../texts";
import { type Spread, spreadOf, type TablePage } from "./scores";

const MOST = 100_000;

export function Scores({ job, result }: { job: string; result: JobResult }) {
  const t = results.useT();
  const [asked, setAsked] = useState(false);
  if (asked) return <Shown job={job} result={result} />;
  return (
    <div>
      <Button variant="default" size="compact-md" onClick={() => setAsked(true)}>
        {t("scores.show", { count: Math.min(MOST, result.rows ?? 0) })}
      </Button>
    </div>
  );
}

function Shown({ job, result }: { job: string; result: JobResult }) {
  const query = useGet(
    "/jobs/{job_id}/results/{step}/{port}",
    { path: { job_id: job, step: result.step, port: result.port }, query: { limit: MOST } },
    { staleTime: Number.POSITIVE_INFINITY },
  );
  return (
    <Async query={query} height={280}>
      {(page) => <Spreading page={page as unknown as TablePage} />}
    </Async>
  );
}

function Spreading({ page }: { page: TablePage }) {
  const t = results.useT();
  const format = useFormat();
  const spread = useMemo(() => spreadOf(page), [page]);
  const words = { score: t("evaluation.score"), rows: t("rows"), all: t("scores.all"), from: t("from"), to: t("to") };
  // biome-ignore lint/correctness/useExhaustiveDependencies: words change with the language, and so does format
  const option = useMemo(() => chartOf(spread, words), [spread, format]);
  return (
    <div>
      <Chart caption={t("scores.title")} option={option} table={tableOf(spread, words)} />
      {spread.rows < page.total && (
        <p className={parts.muted}>{t("scores.first", { count: spread.rows, total: page.total })}</p>
      )}
    </div>
  );
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
