/** Flows as files. */
import type { Format } from "../code/convert";

const ENDINGS: Record<Format, [string, string]> = {
  yaml: ["yaml", "application/yaml"],
  python: ["py", "text/x-python"],
  json: ["json", "application/json"],
};

export const LARGEST = 1 << 20;

export const fileName = (name: string, format: Format): string => `${name}.${ENDINGS[format][0]}`;

/** Hands a text to the browser as a file. */
export function download(name: string, format: Format, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${ENDINGS[format][1]};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName(name, format);
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
