// Makes what the sources import from the node's own reference pages: types of the API, Chinese words of error codes.
import { readFile, writeFile } from "node:fs/promises";
import openapi, { astToString } from "openapi-typescript";

const reference = new URL("../../docs/reference/", import.meta.url);
const sources = new URL("../src/", import.meta.url);

/** Of the tables of error codes, `code | meaning | Chinese meaning | what to do`: the cells of one column by code. */
function columnOf(page, column) {
  const found = {};
  for (const line of page.split("\n")) {
    const cells = line.split("|").map((cell) => cell.trim());
    const code = /^`([a-z_]+\.[a-z0-9_.]+)`$/.exec(cells[1] ?? "")?.[1];
    if (code !== undefined && cells[column]) found[code] = cells[column].replaceAll("`", "");
  }
  return found;
}

const types = await openapi(new URL("openapi.json", reference), { alphabetize: true, defaultNonNullable: false });
await writeFile(new URL("api/schema.d.ts", sources), astToString(types));
const errors = await readFile(new URL("errors.md", reference), "utf8");
for (const [language, column] of [
  ["en", 2],
  ["zh", 3],
]) {
  const meanings = JSON.stringify(columnOf(errors, column), null, 1);
  await writeFile(new URL(`core/errors.${language}.json`, sources), `${meanings}\n`);
}
