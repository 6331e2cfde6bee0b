/** Numbers of joint statistics that are not in the report but follow from it. */
import type { Measure, StatisticsCell, StatisticsReport } from "../documents";

export const deviation = (cell: StatisticsCell): number | null => {
  const variance = cell?.variance;
  return variance === null || variance === undefined || variance < 0 ? null : Math.sqrt(variance);
};

/** How far a group's mean is from the mean of all, in standard deviations of all; null where something is withheld. */
export function standardised(report: StatisticsReport, group: number, column: number): number | null {
  const all = report.overall.cells[column] ?? null;
  const own = report.groups[group]?.cells[column] ?? null;
  const spread = deviation(all);
  if (spread === null || spread === 0 || all?.mean == null || own?.mean == null) return null;
  return (own.mean - all.mean) / spread;
}

export const canStandardise = (report: StatisticsReport): boolean =>
  report.groups.length > 0 && report.measures.includes("mean") && report.measures.includes("variance");

/** Whether anything of the report is held back. */
export const withheldCells = (report: StatisticsReport): number =>
  [report.overall, ...report.groups].reduce((sum, row) => sum + row.cells.filter((cell) => cell === null).length, 0);

/** Value of a measure in a cell: undefined where it is withheld, null where it does not exist. */
export function measured(cell: StatisticsCell, measure: Measure | "sd"): number | null | undefined {
  if (cell === null) return undefined;
  return measure === "sd" ? deviation(cell) : (cell[measure] ?? null);
}

export const labelOf = (label: string | number | boolean | null): string => (label === null ? "∅" : String(label));

/** The columns in which the groups differ most come first. */
export function byDifference(report: StatisticsReport): number[] {
  const spread = (column: number): number =>
    Math.max(0, ...report.groups.map((_, group) => Math.abs(standardised(report, group, column) ?? 0)));
  return report.columns.map((_, column) => column).sort((one, other) => spread(other) - spread(one));
}
