/** Every component of the library that is used has its styles: without them it is there, and looks broken. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const STYLES = join(ROOT, "node_modules/@mantine/core/styles");
const IMPORT = /import (?!type)\{([^}]*)\} from "@mantine\/core"/g;

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? sources(path) : /\.tsx?$/.test(name) ? [path] : [];
  });
}

/** Parts of parts of which nothing is shown here: the colours of an input, the branches of a menu. */
const UNSEEN = new Set(["Affix", "ColorPicker", "ColorSwatch", "Mark", "Tree"]);

/** Components that a component is made of, by the imports of its own module. */
function parts(name: string, found = new Set<string>()): Set<string> {
  const folder = join(ROOT, "node_modules/@mantine/core/esm/components", name);
  if (found.has(name) || !existsSync(folder)) return found;
  found.add(name);
  for (const file of readdirSync(folder, { recursive: true }).map(String)) {
    if (!file.endsWith(".mjs")) continue;
    for (const hit of readFileSync(join(folder, file), "utf8").matchAll(/from "(?:\.\.\/)+([A-Z]\w+)\//g)) {
      parts(hit[1] ?? "", found);
    }
  }
  return found;
}

test("the styles of every component that is used are loaded", () => {
  const used = sources(join(ROOT, "src")).flatMap((path) =>
    [...readFileSync(path, "utf8").matchAll(IMPORT)].flatMap((hit) =>
      (hit[1] ?? "").split(",").map((name) => name.trim()),
    ),
  );
  const needed = new Set([...new Set(used)].flatMap((name) => [...parts(name)]));
  const styles = readFileSync(join(ROOT, "src/theme/mantine.css.ts"), "utf8");
  const missing = [...needed].filter(
    (name) =>
      !UNSEEN.has(name) && existsSync(join(STYLES, `${name}.layer.css`)) && !styles.includes(`/${name}.layer.css"`),
  );
  expect(missing).toEqual([]);
});

test("Latin words are drawn by Latin faces, Chinese pages by Chinese ones: both have the same quotes", () => {
  const tokens = readFileSync(join(ROOT, "src/theme/tokens.css"), "utf8");
  const stacks = [...tokens.matchAll(/--font: ([^;]+);/g)].map((hit) => hit[1] ?? "");
  const before = (one: string, other: string, stack = ""): boolean => stack.indexOf(one) < stack.indexOf(other);
  expect(stacks).toHaveLength(2);
  expect(before("--plain-latin", "--chinese", stacks[0])).toBe(true);
  expect(before("--chinese", "--plain-latin", stacks[1])).toBe(true);
});
