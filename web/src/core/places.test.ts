/** The places that hints name are the tabs of the pages, in both languages. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const SOURCES = join(import.meta.dirname, "..");
const TABS: Record<string, string> = {
  clients: "settings",
  doctor: "operations",
  invitations: "operations",
  labels: "data",
  log: "jobs",
  mine: "market",
  negotiation: "projects",
  nodes: "operations",
  policy: "data",
  results: "jobs",
  roles: "settings",
  users: "settings",
};
const texts = (area: string, language: string): Record<string, string> =>
  JSON.parse(readFileSync(join(SOURCES, area, "texts", `${language}.json`), "utf8"));

test.each(["en", "zh"])("places are called as their tabs (%s)", (language) => {
  const places = texts("core", language);
  const differ = Object.entries(TABS).filter(
    ([tab, page]) => places[`place.${tab}`] !== texts(`pages/${page}`, language)[`tab.${tab}`],
  );
  expect(differ).toEqual([]);
});
