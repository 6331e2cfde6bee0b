// Makes what the sources import from the node's own reference pages: types of the API, words of error codes.
import { readFile, writeFile } from "node:fs/promises";
import openapi, { astToString } from "openapi-typescript";

const reference = new URL("../../docs/reference/", import.meta.url);
const sources = new URL("../src/", import.meta.url);

/** Of the tables of error codes (`code`, then meaning and what to do in both languages): one column by code. */
function columnOf(page, column) {
  const found = {};
  for (const line of page.split("\n")) {
    const cells = line.split("|").map((cell) => cell.trim());
    const code = /^`([a-z_]+\.[a-z0-9_.]+)`$/.exec(cells[1] ?? "")?.[1];
    if (code !== undefined && cells[column]) found[code] = cells[column];
  }
  return found;
}

const types = await openapi(new URL("openapi.json", reference), { alphabetize: true, defaultNonNullable: false });
await writeFile(new URL("api/schema.d.ts", sources), astToString(types));
const errors = await readFile(new URL("errors.md", reference), "utf8");
const plain = (cells) =>
  Object.fromEntries(Object.entries(cells).map(([code, text]) => [code, text.replaceAll("`", "")]));
for (const [name, words] of [
  ["en", plain(columnOf(errors, 2))],
  ["zh", plain(columnOf(errors, 3))],
  ["hints.en", columnOf(errors, 4)],
  ["hints.zh", columnOf(errors, 5)],
]) {
  await writeFile(new URL(`core/errors.${name}.json`, sources), `${JSON.stringify(words, null, 1)}\n`);
}
