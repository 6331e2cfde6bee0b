/** What errors found and expected, in Chinese: the node says it in English, mostly in fixed phrases. */
import { use } from "react";
import { useLanguage } from "./language";

/** English phrase to Chinese one; `{}` stands for what differs, `{1}`, `{2}` in the Chinese for where it goes. */
type Phrases = Record<string, string>;
type Pattern = [RegExp, string];

const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The phrases with the most words first: "at most {} bytes" before "at most {}". */
export function patternsOf(phrases: Phrases): Pattern[] {
  const words = (phrase: string): number => phrase.replaceAll("{}", "").length;
  const longest = Object.entries(phrases).sort(([one], [other]) => words(other) - words(one));
  return longest.map(([english, chinese]) => {
    const shape = english.split("{}").map(quoted).join("(.*?)");
    return [new RegExp(`^${shape}$`, "s"), chinese];
  });
}

/** The Chinese of `text` and of the phrases in it; what is no phrase stays: names, numbers, codes. */
export function said(text: string, patterns: Pattern[]): string {
  for (const [shape, chinese] of patterns) {
    const values = shape.exec(text);
    if (values !== null)
      return chinese.replace(/\{(\d)\}/g, (_, at: string) => said(values[Number(at)] ?? "", patterns));
  }
  return text;
}

let loaded: Promise<Pattern[]> | undefined;
function patterns(): Promise<Pattern[]> {
  loaded ??= import("./said.zh.json").then((file) => patternsOf(file.default));
  return loaded;
}
const asIs = (text: string): string => text;

/** Waits (Suspense) on a Chinese page. */
export function useSaid(): (text: string) => string {
  const language = useLanguage();
  if (language !== "zh") return asIs;
  const known = use(patterns());
  return (text) => said(text, known);
}
