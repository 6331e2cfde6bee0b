/** The encodings in which programs save the text of a CSV, and what the node is told of one. */
import type { DatasetBody } from "../../../api/types";
import type { Entry } from "./plan";

export const ENCODINGS = ["utf-8", "gb18030", "big5", "utf-16", "cp1252"] as const;
export type Encoding = (typeof ENCODINGS)[number];
export const isEncoding = (name: string): name is Encoding => (ENCODINGS as readonly string[]).includes(name);

type Item = Pick<Entry, "kind" | "item" | "format" | "encoding">;

/** Whether it is one: by what the node calls it, by its name, or because there is an encoding to tell. */
export const isCsv = ({ kind, item, format, encoding }: Item): boolean =>
  kind === "object" && (format === "csv" || encoding !== undefined || /\.(csv|tsv)$/i.test(item));

/** A table, a query or a file as the API takes it. */
export const bodyOf = ({ kind, item, format, encoding }: Item): Pick<DatasetBody, "options" | "format"> => ({
  [kind]: item,
  ...(kind === "object" && format ? { format } : {}),
  options: {
    ...(encoding === undefined ? {} : { encoding }),
    ...(/\.tsv$/i.test(item) && kind === "object" ? { delimiter: "\t" } : {}),
  },
});

/** Errors of looking at an item that do not keep it from being registered: a column can be left out of a job. */
const BEARABLE = ["data.type_unsupported"];

/** Whether an item that was looked at with this error cannot be registered as it is. */
export const isStopped = (code: string | undefined): boolean => code !== undefined && !BEARABLE.includes(code);
