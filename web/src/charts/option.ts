/** What all charts share: type, axes, tooltip. Tooltips are painted: the content security policy allows no HTML ones. */
import type { EChartsOption } from "echarts";
import type { Palette } from "./palette";

export type Option = EChartsOption;
/** A chart as a function of the colours. */
export type Drawing = (palette: Palette) => Option;

type Part = Record<string, unknown>;

/** `option` with the shared look below it; what it says itself wins. */
export function dressed(option: Option, palette: Palette, still: boolean): Option {
  const given = option as Part;
  return {
    ...option,
    animation: !still,
    animationDuration: 350,
    textStyle: { fontFamily: palette.font, color: palette.text, fontSize: 12 },
    grid: merged({ left: 8, right: 18, top: 34, bottom: 8, containLabel: true }, given.grid),
    xAxis: axes(given.xAxis, palette),
    yAxis: axes(given.yAxis, palette),
    tooltip: given.tooltip === undefined ? undefined : merged(tooltip(palette), given.tooltip),
    legend: given.legend === undefined ? undefined : merged(legend(palette), given.legend),
    aria: { enabled: false }, // the figure has a caption and a table
  } as Option;
}

const merged = (base: Part, given: unknown): Part => {
  const result: Part = { ...base };
  for (const [name, value] of Object.entries((given ?? {}) as Part)) {
    const below = result[name];
    result[name] = isPart(below) && isPart(value) ? merged(below, value) : value;
  }
  return result;
};

const isPart = (thing: unknown): thing is Part =>
  typeof thing === "object" && thing !== null && !Array.isArray(thing) && typeof thing !== "function";

function axes(given: unknown, palette: Palette): unknown {
  if (given === undefined) return undefined;
  return Array.isArray(given) ? given.map((one) => merged(axis(palette), one)) : merged(axis(palette), given);
}

const axis = (palette: Palette): Part => ({
  axisLine: { show: true, lineStyle: { color: palette.lineStrong } },
  axisTick: { show: false },
  axisLabel: { color: palette.soft, fontSize: 12, hideOverlap: true },
  splitLine: { lineStyle: { color: palette.line } },
  nameTextStyle: { color: palette.soft, fontSize: 12 },
  nameLocation: "middle",
  nameGap: 30,
  axisPointer: { lineStyle: { color: palette.lineStrong }, label: { show: false } },
});

const tooltip = (palette: Palette): Part => ({
  renderMode: "richText",
  confine: true,
  backgroundColor: palette.raised,
  borderColor: palette.lineStrong,
  borderWidth: 1,
  padding: [8, 12],
  textStyle: { color: palette.text, fontSize: 12, fontFamily: palette.font },
  transitionDuration: 0,
});

const legend = (palette: Palette): Part => ({
  top: 0,
  left: 0,
  itemWidth: 16,
  itemHeight: 8,
  icon: "roundRect",
  textStyle: { color: palette.soft, fontSize: 12 },
  inactiveColor: palette.faint,
});
