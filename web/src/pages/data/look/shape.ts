/** The outline of a distribution of which only quantiles are known. */

export interface Outline {
  from: number;
  to: number;
  /** Share of the values in each of the equally wide bins; they add up to what lies between `from` and `to`. */
  shares: number[];
}

/** Between the outermost quantiles, as if values were spread evenly between one quantile and the next. */
export function outlineOf(quantiles: Record<string, number> | null | undefined, bins = 24): Outline | undefined {
  const points = Object.entries(quantiles ?? {})
    .map(([share, value]) => ({ share: Number(share), value }))
    .filter(({ share, value }) => Number.isFinite(share) && Number.isFinite(value))
    .sort((one, other) => one.share - other.share);
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || last.value <= first.value) return undefined;
  const width = (last.value - first.value) / bins;
  const edges = Array.from({ length: bins + 1 }, (_, place) => first.value + place * width);
  const below = edges.map((edge) => shareBelow(points, edge));
  const shares = below.slice(1).map((share, place) => share - (below[place] ?? 0));
  return { from: first.value, to: last.value, shares };
}

/** Steps up where several quantiles have the same value. */
function shareBelow(points: { share: number; value: number }[], edge: number): number {
  let [below, above] = [points[0], points.at(-1)];
  for (const point of points) {
    if (point.value <= edge) below = point;
    else {
      above = point;
      break;
    }
  }
  if (below === undefined || above === undefined) return 0;
  if (above.value <= below.value || above.value <= edge) return below.share;
  return below.share + ((edge - below.value) / (above.value - below.value)) * (above.share - below.share);
}
