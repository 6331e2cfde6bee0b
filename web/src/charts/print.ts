/** Charts for paper and for files; loaded only there. */
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import "./engine"; // what can be drawn
import type { Option } from "./option";

echarts.use([SVGRenderer]);

/** A chart as the text of an SVG image. */
export function svgOf(option: Option, width: number, height: number): string {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  chart.setOption({ ...option, animation: false });
  const text = chart.renderToSVGString();
  chart.dispose();
  return text;
}
