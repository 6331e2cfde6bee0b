/** What the columns of a table hold, at a glance. */
import type { TablePage } from "./scores";

export interface ColumnSummary {
  name: string;
  type: string;
  role: string;
  rows: number;
  missing: number;
  /** Of numbers only. */
  figures?: { min: number; mean: number; max: number };
  distinct: number;
  /** Where there are few values: each with its share of the rows that have one, the most frequent first. */
  shares?: { value: string; share: number }[];
}

const FEW = 4;

export function summariesOf(page: TablePage): ColumnSummary[] {
  return page.columns.map(({ name, type, role }, at) => {
    const cells = page.rows.map((row) => row[at]).filter((cell) => cell !== null && cell !== undefined);
    const counts = new Map<string, number>();
    for (const cell of cells) counts.set(String(cell), (counts.get(String(cell)) ?? 0) + 1);
    const numbers = cells.filter((cell) => typeof cell === "number");
    return {
      name,
      type,
      role,
      rows: page.rows.length,
      missing: page.rows.length - cells.length,
      figures: numbers.length > 0 && numbers.length === cells.length ? figuresOf(numbers) : undefined,
      distinct: counts.size,
      shares: counts.size > 0 && counts.size <= FEW ? sharesOf(counts, cells.length) : undefined,
    };
  });
}

function figuresOf(numbers: readonly number[]): ColumnSummary["figures"] {
  let [min, max, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of numbers) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  return { min, mean: sum / numbers.length, max };
}

const sharesOf = (counts: ReadonlyMap<string, number>, all: number): ColumnSummary["shares"] =>
  [...counts].sort(([, one], [, other]) => other - one).map(([value, count]) => ({ value, share: count / all }));
