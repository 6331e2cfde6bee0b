/** What errors found and expected, in Chinese: the node says it in English, mostly in fixed phrases. */
import { use } from "react";
import { useLanguage } from "./language";

/** English phrase to Chinese one; `{}` stands for what differs, `{1}`, `{2}` in the Chinese for where it goes. */
type Phrases = Record<string, string>;
type Pattern = [RegExp, string];
const LONGEST = 300; // a longer text is no phrase

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
  if (text.length > LONGEST) return text;
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

/** Hints in Chinese: those of the page of codes, and those that differ from it. */
export async function hintsInChinese(): Promise<(hint: string) => string | undefined> {
  const [own, english, chinese] = await Promise.all([
    import("./hinted.zh.json"),
    import("./errors.hints.en.json"),
    import("./errors.hints.zh.json"),
  ]);
  const words: Phrases = chinese.default;
  const usual = Object.entries(english.default).map(([code, hint]): [string, string] => [hint, words[code] ?? hint]);
  const known = new Map<string, string>([...usual, ...Object.entries(own.default)]);
  const naming = patternsOf(Object.fromEntries([...known].filter(([hint]) => hint.includes("{}"))));
  return (hint) => {
    const told = known.get(hint) ?? said(hint, naming);
    return told === hint ? undefined : told;
  };
}

/** Waits (Suspense) on a Chinese page. */
export function useSaid(): (text: string) => string {
  const language = useLanguage();
  if (language !== "zh") return asIs;
  const known = use(patterns());
  return (text) => said(text, known);
}
