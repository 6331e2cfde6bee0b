/** How scores are spread, by class where the label stands beside them. */
export interface TablePage {
  columns: { name: string; type: string; role: string }[];
  rows: unknown[][];
  total: number;
}

export interface Spread {
  edges: number[];
  classes: { name: string | null; counts: number[] }[];
  rows: number;
}

const BINS = 20;
const MOST_CLASSES = 8;

export function spreadOf(page: TablePage): Spread {
  const at = page.columns.findIndex((column) => column.name === "score");
  const by = page.columns.findIndex((column) => column.role === "label");
  const rows = page.rows.flatMap((row) => {
    const score = row[at];
    return typeof score === "number" ? [{ score, name: by < 0 ? null : String(row[by]) }] : [];
  });
  const scores = rows.map((row) => row.score);
  const inUnit = scores.every((score) => score >= 0 && score <= 1);
  const low = inUnit ? 0 : scores.reduce((least, score) => Math.min(least, score), Number.POSITIVE_INFINITY);
  const high = inUnit ? 1 : scores.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
  const width = (high - low) / BINS || 1;
  const names = [...new Set(rows.map((row) => row.name))].sort();
  const split = names.length > MOST_CLASSES ? [null] : names;
  const classes = split.map((name) => ({ name, counts: new Array<number>(BINS).fill(0) }));
  for (const row of rows) {
    const bin = Math.min(BINS - 1, Math.floor((row.score - low) / width));
    const place = classes.length === 1 ? 0 : split.indexOf(row.name);
    const counts = classes[place]?.counts;
    if (counts !== undefined) counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { edges: Array.from({ length: BINS + 1 }, (_, edge) => low + edge * width), classes, rows: rows.length };
}
