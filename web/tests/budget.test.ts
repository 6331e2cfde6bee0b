/** How much a browser loads before the first page stands, and before each other page. Looks at the last build. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";

interface Chunk {
  file: string;
  src?: string;
  imports?: string[];
  dynamicImports?: string[];
  css?: string[];
}
type Manifest = Record<string, Chunk>;

const FIRST_LOAD = 250_000; // bytes, gzip: what the plan promises
const PAGE = 120_000;
const HEAVY: [RegExp, number][] = [
  [/echarts|charts\/(engine|print)/, 260_000],
  [/flow\/canvas|xyflow|pages\/flows/, 210_000],
];
const STATIC = process.env.TACIT_CONSOLE ?? join(import.meta.dirname, "../../src/tacit/node/static");
const at = join(STATIC, ".vite/manifest.json");
const manifest: Manifest = existsSync(at) ? JSON.parse(readFileSync(at, "utf8")) : {};
const sizes = new Map<string, number>();

function size(file: string): number {
  const known = sizes.get(file) ?? gzipSync(readFileSync(join(STATIC, file)), { level: 9 }).length;
  sizes.set(file, known);
  return known;
}

/** All files that a chunk needs before it runs. */
function needed(key: string, found = new Set<string>()): Set<string> {
  const chunk = manifest[key];
  if (chunk === undefined || found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const file of chunk.css ?? []) found.add(file);
  for (const other of chunk.imports ?? []) needed(other, found);
  return found;
}

const sum = (files: Iterable<string>): number => [...files].reduce((total, file) => total + size(file), 0);
const FIRST = ["index.html", "src/pages/home/page.tsx", "src/core/texts/zh.json", "src/pages/home/texts/zh.json"];

describe.skipIf(Object.keys(manifest).length === 0)("the build", () => {
  const first = new Set(FIRST.flatMap((key) => [...needed(key)]));

  test("shows the first page after few bytes", () => {
    for (const key of FIRST) expect(Object.keys(manifest), key).toContain(key);
    expect(sum(first)).toBeLessThanOrEqual(FIRST_LOAD);
  });

  const lazy = Object.keys(manifest).filter((key) => /^src\/.*\.tsx?$/.test(key) && manifest[key]?.src !== undefined);
  test.each(lazy)("%s adds little", (key) => {
    const added = sum([...needed(key)].filter((file) => !first.has(file)));
    const limit = HEAVY.find(([shape]) => shape.test(key))?.[1] ?? PAGE;
    expect(added).toBeLessThanOrEqual(limit);
  });
});
