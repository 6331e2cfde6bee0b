/** Which parts of a text are names, texts, numbers, words of the language and comments; enough for flows, no parser. */
import type { Format } from "./convert";

export type Kind = "comment" | "text" | "number" | "word" | "name";
export interface Piece {
  text: string;
  kind?: Kind;
}

const TEXT = String.raw`"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'`;
const NUMBER = String.raw`(?<![\w.-])-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.-])`;

const RULES: Record<Format, RegExp> = {
  yaml: rule({
    comment: String.raw`(?<=^|\s)#.*`,
    name: String.raw`(?<=^|[\s{,])[\w-]+(?=:(?:\s|$))`,
    text: TEXT,
    number: NUMBER,
    word: String.raw`(?<=[\s\[,])(?:true|false|null)(?=[\s\],}]|$)`,
  }),
  python: rule({
    comment: "#.*",
    text: TEXT,
    name: String.raw`\b\w+(?==[^=])`,
    number: NUMBER,
    word: String.raw`\b(?:from|import|as|True|False|None|def|return|with|for|in)\b`,
  }),
  json: rule({
    name: String.raw`"(?:[^"\\\n]|\\.)*"(?=\s*:)`,
    text: TEXT,
    number: NUMBER,
    word: String.raw`\b(?:true|false|null)\b`,
  }),
};

function rule(kinds: Partial<Record<Kind, string>>): RegExp {
  const named = Object.entries(kinds).map(([kind, pattern]) => `(?<${kind}>${pattern})`);
  return new RegExp(named.join("|"), "gm");
}

/** The text in pieces; together they are the text again. */
export function pieces(text: string, format: Format): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(RULES[format])) {
    if (match.index > end) found.push({ text: text.slice(end, match.index) });
    const [kind] = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined) ?? [];
    found.push({ text: match[0], kind: kind as Kind | undefined });
    end = match.index + match[0].length;
  }
  if (end < text.length) found.push({ text: text.slice(end) });
  return found;
}
