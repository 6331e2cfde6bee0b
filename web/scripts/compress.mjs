// Writes a .gz beside every text file of the build: the node serves it and packs nothing itself.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const at = process.argv.indexOf("--outDir");
const folder = at > 0 ? process.argv[at + 1] : new URL("../../src/tacit/node/static/", import.meta.url).pathname;

for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.(js|css|svg|json|txt)$/.test(entry.name)) continue;
  const file = join(entry.parentPath, entry.name);
  await writeFile(`${file}.gz`, gzipSync(await readFile(file), { level: 9 }));
}
