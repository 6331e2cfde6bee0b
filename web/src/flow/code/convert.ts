/** Documents and texts, each from the other, by the node: one reading for all. */
import { api, asProblem, dataOf } from "../../api/client";
import type { Converted, FlowProblem } from "../../api/types";
import type { FlowDoc } from "../document";

export const FORMATS = ["yaml", "python", "json"] as const;
export type Format = (typeof FORMATS)[number];
export type Texts = Partial<Record<Format, string>>;

type Body = { flow?: Record<string, unknown>; text?: string; format?: Format };

async function convert(body: Body, signal?: AbortSignal): Promise<Converted> {
  return dataOf(await api.POST("/flows/convert", { body, signal }));
}

export const convertText = (text: string, format: Format | undefined, signal?: AbortSignal): Promise<Converted> =>
  convert(format === undefined ? { text } : { text, format }, signal);

/** The texts of a document; one that lacks its form is given as JSON alone. undefined: the node does not answer. */
export async function convertDoc(
  doc: FlowDoc,
  signal?: AbortSignal,
): Promise<{ texts: Texts; why: FlowProblem[] } | undefined> {
  try {
    const { yaml, python, json } = await convert({ flow: doc as unknown as Record<string, unknown> }, signal);
    return { texts: { yaml, python, json }, why: [] };
  } catch (thrown) {
    const problem = asProblem(thrown);
    if (problem.problems === undefined) return undefined;
    return { texts: { json: `${JSON.stringify(doc, null, 2)}\n` }, why: problem.problems };
  }
}

/** All that the check finds in a text, with lines. */
export async function findings(text: string, format: Format, signal?: AbortSignal): Promise<FlowProblem[]> {
  return dataOf(await api.POST("/flows/check", { body: { text, format }, signal })).problems;
}

/** Which format a file has, by its name; undefined: by its content. */
export function formatOf(name: string): Format | undefined {
  if (/\.ya?ml$/i.test(name)) return "yaml";
  if (/\.py$/i.test(name)) return "python";
  return /\.json$/i.test(name) ? "json" : undefined;
}

/** Which format a pasted text seems to have. */
export function formatIn(text: string): Format {
  const start = text.trimStart();
  if (start.startsWith("{")) return "json";
  return /^(from|import)\s|^\w+\s*=\s*Draft\(|^"""/m.test(start) ? "python" : "yaml";
}
