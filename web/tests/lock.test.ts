/** What is installed: pinned, from no particular place, under licences that we may ship. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

interface Package {
  version: string;
  license?: string;
  dev?: boolean;
  integrity?: string;
  resolved?: string;
}
const read = (name: string): string => readFileSync(join(import.meta.dirname, "..", name), "utf8");
const lock = Object.entries((JSON.parse(read("package-lock.json")) as { packages: Record<string, Package> }).packages);
const FREE = [
  "MIT",
  "ISC",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Apache-2.0",
  "Unlicense",
  "0BSD",
  "CC0-1.0",
  "(MIT OR CC0-1.0)",
];

test("the lock names digests and no addresses", () => {
  expect(lock.filter(([, one]) => one.resolved !== undefined).map(([name]) => name)).toEqual([]);
  expect(lock.filter(([name, one]) => name !== "" && one.integrity === undefined).map(([name]) => name)).toEqual([]);
});

test("every version is exact", () => {
  const { dependencies, devDependencies } = JSON.parse(read("package.json")) as Record<string, Record<string, string>>;
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(([, version]) => !/^\d/.test(version));
  expect(loose).toEqual([]);
});

test("what ships is under free licences, and the page of licences knows it", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/reference/third_party_web.md"), "utf8");
  for (const [path, one] of lock) {
    if (path === "" || one.dev === true) continue;
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    expect(FREE, `${name}: ${one.license}`).toContain(one.license);
    expect(page).toContain(`| ${name} | ${one.version} | ${one.license} |`);
  }
});
