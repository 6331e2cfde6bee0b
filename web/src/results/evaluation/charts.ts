/** The charts of an evaluation. Shares run from 0 to 1 on both axes, so that areas can be judged by eye. */
import type { Drawing } from "../../charts/option";
import type { Palette } from "../../charts/palette";
import type { EvaluationReport } from "../documents";
import { ksCurve, type Point, scoreBins } from "./figures";
import type { Words } from "./words";

interface Run {
  name: string;
  report: EvaluationReport;
}

const unit = (name: string, words: Words, gap = 30) => ({
  type: "value" as const,
  name,
  min: 0,
  max: 1,
  nameGap: gap,
  axisLabel: { formatter: (value: number) => words.percent(value) },
});
const grid = (legend: boolean) => ({ top: legend ? 34 : 14, bottom: 30, left: 30 });
const hue = (palette: Palette, at: number): string => palette.party[at] ?? palette.accent;
const straight = (palette: Palette, name: string, data: number[][]) => ({
  type: "line" as const,
  name,
  data,
  symbol: "none",
  silent: true,
  lineStyle: { type: "dotted" as const, width: 1.5, color: palette.lineStrong },
  color: palette.lineStrong,
});

const curve = (palette: Palette, run: Run, at: number, data: (number | null)[][]) => ({
  type: "line" as const,
  name: run.name,
  data,
  symbol: at === 0 ? "circle" : "diamond",
  symbolSize: data.length > 40 ? 0 : 5,
  lineStyle: { width: 2, type: at === 0 ? ("solid" as const) : ("dashed" as const) },
  color: hue(palette, at),
});

export function rocChart(runs: Run[], point: Point | undefined, words: Words): Drawing {
  return (palette) => ({
    tooltip: {
      trigger: "item",
      formatter: (given) => {
        const [fpr, tpr, threshold] = (given as unknown as { value: number[] }).value;
        const at =
          threshold === undefined || threshold === null ? "" : `\n${words.threshold} ${words.number(threshold, 4)}`;
        return `${words.tpr} ${words.percent(tpr ?? 0)}\n${words.fpr} ${words.percent(fpr ?? 0)}${at}`;
      },
    },
    legend: runs.length > 1 ? {} : undefined,
    grid: grid(runs.length > 1),
    xAxis: unit(words.fpr, words),
    yAxis: unit(words.tpr, words, 46),
    series: [
      straight(palette, words.chance, [
        [0, 0],
        [1, 1],
      ]),
      ...runs.map((run, at) => ({
        ...curve(
          palette,
          run,
          at,
          run.report.roc.map(({ fpr, tpr, threshold }) => [fpr, tpr, threshold]),
        ),
        areaStyle: at === 0 ? { color: hue(palette, 0), opacity: 0.08 } : undefined,
      })),
      ...(point === undefined
        ? []
        : [
            {
              type: "scatter" as const,
              name: words.here,
              data: [[point.fpr, point.tpr, point.threshold]],
              symbolSize: 13,
              itemStyle: { color: palette.surface, borderColor: palette.bad, borderWidth: 3 },
              z: 5,
            },
          ]),
    ],
  });
}

export function scoreChart(report: EvaluationReport, threshold: number, words: Words): Drawing {
  const bins = scoreBins(report);
  return (palette) => ({
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
    legend: { data: [words.negatives, words.positives] },
    grid: { top: 34, bottom: 30, left: 30 },
    xAxis: [
      {
        type: "category",
        name: words.score,
        data: bins.map(({ low, high }) => `${words.number(low, 1)}–${words.number(high, 1)}`),
        axisLabel: { interval: 0, fontSize: 11, rotate: 0, hideOverlap: true },
      },
      { type: "value", min: 0, max: 1, show: false },
    ],
    yAxis: { type: "value", name: words.rows, nameGap: 40, minInterval: 1 },
    series: [
      {
        type: "bar",
        name: words.negatives,
        stack: "class",
        data: bins.map((bin) => bin.negatives),
        color: hue(palette, 0),
      },
      {
        type: "bar",
        name: words.positives,
        stack: "class",
        data: bins.map((bin) => bin.positives),
        color: hue(palette, 1),
        itemStyle: {
          decal: {
            symbol: "rect",
            dashArrayX: [1, 0],
            dashArrayY: [3, 4],
            rotation: Math.PI / 4,
            color: "rgba(255,255,255,0.35)",
          },
        },
      },
      {
        type: "line",
        name: words.threshold,
        xAxisIndex: 1,
        data: [],
        markLine: {
          silent: true,
          symbol: "none",
          lineStyle: { color: palette.bad, width: 2, type: "solid" },
          label: { formatter: words.number(threshold, 3), color: palette.text, fontSize: 12, position: "insideEndTop" },
          data: [{ xAxis: Math.min(1, Math.max(0, threshold)) }],
        },
      },
    ],
  });
}

export function ksChart(report: EvaluationReport, words: Words): Drawing {
  const points = ksCurve(report);
  const widest = points.find((point) => point.threshold === report.ks_threshold);
  const low = points[0]?.threshold ?? 0;
  return (palette) => ({
    tooltip: { trigger: "axis", valueFormatter: (value) => words.percent(Number(value)) },
    legend: { data: [words.negatives, words.positives] },
    grid: { top: 34, bottom: 30, left: 30 },
    xAxis: { type: "value", name: words.threshold, min: Math.min(0, low), max: report.brier === null ? "dataMax" : 1 },
    yAxis: unit(words.below, words, 46),
    series: [
      {
        type: "line",
        name: words.negatives,
        data: points.map((point) => [point.threshold, point.negatives]),
        color: hue(palette, 0),
        symbolSize: points.length > 40 ? 0 : 5,
        lineStyle: { width: 2 },
        markLine:
          widest === undefined
            ? undefined
            : {
                silent: true,
                symbol: "none",
                lineStyle: { color: palette.bad, width: 2, type: "solid" },
                label: { formatter: `KS ${words.number(report.ks, 3)}`, color: palette.text, position: "middle" },
                data: [
                  [{ coord: [widest.threshold, widest.positives] }, { coord: [widest.threshold, widest.negatives] }],
                ],
              },
      },
      {
        type: "line",
        name: words.positives,
        data: points.map((point) => [point.threshold, point.positives]),
        color: hue(palette, 1),
        symbol: "diamond",
        symbolSize: points.length > 40 ? 0 : 6,
        lineStyle: { width: 2, type: "dashed" },
      },
    ],
  });
}

export function gainChart(runs: Run[], words: Words): Drawing {
  const share = runs[0] === undefined ? 1 : runs[0].report.positives / runs[0].report.rows;
  return (palette) => ({
    tooltip: { trigger: "axis", valueFormatter: (value) => words.percent(Number(value)) },
    legend: {},
    grid: grid(true),
    xAxis: unit(words.depth, words),
    yAxis: unit(words.caught, words, 46),
    series: [
      ...runs.map((run, at) =>
        curve(palette, run, at, [[0, 0], ...run.report.gain.map(({ depth, gain }) => [depth, gain])]),
      ),
      straight(palette, words.chance, [
        [0, 0],
        [1, 1],
      ]),
      {
        ...straight(palette, words.perfect, [
          [0, 0],
          [share, 1],
          [1, 1],
        ]),
        lineStyle: { type: "dashed", width: 1, color: palette.lineStrong },
      },
    ],
  });
}

export function liftChart(runs: Run[], words: Words): Drawing {
  return (palette) => ({
    tooltip: { trigger: "axis", valueFormatter: (value) => words.number(Number(value), 2) },
    legend: runs.length > 1 ? {} : undefined,
    grid: grid(runs.length > 1),
    xAxis: unit(words.depth, words),
    yAxis: { type: "value", name: words.lift, min: 0, nameGap: 34 },
    series: [
      ...runs.map((run, at) =>
        curve(
          palette,
          run,
          at,
          run.report.gain.map(({ depth, lift }) => [depth, lift]),
        ),
      ),
      straight(palette, words.chance, [
        [0, 1],
        [1, 1],
      ]),
    ],
  });
}

export function calibrationChart(runs: Run[], words: Words): Drawing {
  return (palette) => ({
    tooltip: {
      trigger: "item",
      formatter: (given) => {
        const [score, rate, rows] = (given as unknown as { value: number[] }).value;
        return `${words.meanScore} ${words.percent(score ?? 0)}\n${words.rate} ${words.percent(rate ?? 0)}\n${words.rows} ${words.number(rows ?? 0)}`;
      },
    },
    legend: runs.length > 1 ? {} : undefined,
    grid: grid(runs.length > 1),
    xAxis: unit(words.meanScore, words),
    yAxis: unit(words.rate, words, 46),
    series: [
      straight(palette, words.perfect, [
        [0, 0],
        [1, 1],
      ]),
      ...runs.map((run, at) => {
        const bins = (run.report.calibration ?? []).filter((bin) => bin.rows > 0);
        const most = Math.max(1, ...bins.map((bin) => bin.rows));
        return {
          ...curve(
            palette,
            run,
            at,
            bins.map((bin) => [bin.mean_score, bin.positive_rate, bin.rows]),
          ),
          symbolSize: (value: number[]) => 6 + 16 * Math.sqrt((value[2] ?? 0) / most),
          itemStyle: { opacity: 0.85 },
        };
      }),
    ],
  });
}
