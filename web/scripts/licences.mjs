// Prints the page of third-party packages that the built console contains, from the lock.
import { readFile } from "node:fs/promises";

const lock = JSON.parse(await readFile(new URL("../package-lock.json", import.meta.url), "utf8"));
const rows = Object.entries(lock.packages)
  .filter(([path, one]) => path !== "" && one.dev !== true && one.optional !== true)
  .map(([path, one]) => [
    path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
    one.version,
    one.license,
  ]);
const lines = [...new Set(rows.map((row) => `| ${row.join(" | ")} |`))].sort();

process.stdout.write(`# Third-party packages of the console · 控制台的第三方软件包

Made by \`make docs\` from \`web/package-lock.json\`: what the built console may contain. 由 \`make docs\` 生成。

| package | version | licence |
|---|---|---|
${lines.join("\n")}
`);
