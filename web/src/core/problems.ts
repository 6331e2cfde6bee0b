/** Errors in the reader's language. The node's messages are English; Chinese ones are found by code. */
import { use } from "react";
import { type Language, useLanguage } from "./language";
import { core } from "./texts";

export interface ProblemText {
  /** What happened. */
  title: string;
  /** What was found, what was expected. */
  detail?: string;
  /** What to do. */
  hint?: string;
}

/** What an error of any kind has: Problem, FlowProblem, Fault. */
export interface Told {
  code: string;
  message: string;
  found?: string | null;
  expected?: string | null;
  hint?: string | null;
}

const meanings: Record<Language, () => Promise<{ default: object }>> = {
  en: () => import("./errors.en.json"),
  zh: () => import("./errors.zh.json"),
};
const loaded: Partial<Record<Language, Promise<Record<string, string>>>> = {};

/** Code to meaning; loaded when a page first needs it. */
function meaningsIn(language: Language): Promise<Record<string, string>> {
  loaded[language] ??= meanings[language]().then((file) => file.default as Record<string, string>);
  return loaded[language];
}

/** What a code means, where nothing but the code is told: of a failure at another party. Waits for the meanings. */
export function useCodeText(): (code: string) => string | undefined {
  const found = use(meaningsIn(useLanguage()));
  return (code) => found[code];
}

const OWN = ["console.unreachable", "console.no_problem", "console.fault"] as const;
type Own = (typeof OWN)[number];
const isOwn = (code: string): code is Own => (OWN as readonly string[]).includes(code);

/** Waits (Suspense) for the Chinese meanings on a Chinese page. */
export function useProblemText(): (problem: Told) => ProblemText {
  const language = useLanguage();
  const t = core.useT();
  const chinese = language === "zh" ? use(meaningsIn("zh")) : {};
  return (problem) => {
    const { code, message } = problem;
    if (isOwn(code)) return { title: t(code), hint: t(`${code}.hint`) };
    const detail = [
      problem.found ? t("problem.found", { what: problem.found }) : undefined,
      problem.expected ? t("problem.expected", { what: problem.expected }) : undefined,
    ].filter((line) => line !== undefined);
    const hint = problem.hint ?? undefined;
    const title = language === "zh" ? (chinese[code] ?? message) : message;
    return { title, detail: detail.join(" ") || undefined, hint: language === "zh" ? undefined : hint };
  };
}
