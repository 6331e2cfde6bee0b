/** Errors in the reader's language. The node's messages are English; Chinese ones are found by code. */
import { use, useEffect, useState } from "react";
import { type Language, useLanguage } from "./language";
import { inConsole } from "./places";
import { hintsInChinese, useSaid } from "./said";
import { core } from "./texts";
import { visible } from "./visible";

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

type Words = Record<string, string>;
type Files = Record<Language, () => Promise<{ default: object }>>;
const meanings: Files = { en: () => import("./errors.en.json"), zh: () => import("./errors.zh.json") };
const hints: Files = { en: () => import("./errors.hints.en.json"), zh: () => import("./errors.hints.zh.json") };

/** By language; loaded when a page first needs it. */
function once(files: Files): (language: Language) => Promise<Words> {
  const loaded: Partial<Record<Language, Promise<Words>>> = {};
  return (language) => {
    loaded[language] ??= files[language]().then((file) => file.default as Words);
    return loaded[language];
  };
}
const meaningsIn = once(meanings);
const hintsIn = once(hints);

const of = (words: Words, code: string): string | undefined => (Object.hasOwn(words, code) ? words[code] : undefined);

/** What a code means, where nothing but the code is told: of a failure at another party. Waits for the meanings. */
export function useCodeText(): (code: string) => string | undefined {
  const found = use(meaningsIn(useLanguage()));
  return (code) => of(found, code);
}

/** What to do about a code. Nothing waits for it: what happened shows before it. */
export function useCodeHint(): (code: string) => string | undefined {
  const language = useLanguage();
  const t = core.useT();
  const [found, setFound] = useState<Words>({});
  useEffect(() => {
    let there = true;
    void hintsIn(language).then((words) => there && setFound(words));
    return () => {
      there = false;
    };
  }, [language]);
  return (code) => {
    const hint = of(found, code);
    return hint === undefined ? undefined : inConsole(hint, t, language);
  };
}

/** A hint in the reader's language, where there is one. Nothing waits for it. */
function useHints(): (hint: string) => string {
  const language = useLanguage();
  const [known, setKnown] = useState<{ of: (hint: string) => string | undefined }>();
  useEffect(() => {
    let there = language === "zh";
    if (there) void hintsInChinese().then((of) => there && setKnown({ of }));
    return () => {
      there = false;
    };
  }, [language]);
  return (hint) => (language === "zh" ? known?.of(hint) : undefined) ?? hint;
}

const OWN = ["console.unreachable", "console.no_problem", "console.fault"] as const;
type Own = (typeof OWN)[number];
const isOwn = (code: string): code is Own => (OWN as readonly string[]).includes(code);

/** Waits (Suspense) for the Chinese meanings on a Chinese page. A hint in English may be this error's own. */
export function useProblemText(): (problem: Told) => ProblemText {
  const language = useLanguage();
  const t = core.useT();
  const hintOf = useCodeHint();
  const chinese = language === "zh" ? use(meaningsIn("zh")) : {};
  const say = useSaid();
  const translate = useHints();
  return (problem) => {
    const { code, message } = problem;
    if (isOwn(code)) return { title: t(code), hint: t(`${code}.hint`) };
    const part = (text: string): string => say(text).replace(/\.$/, "");
    const detail = [
      problem.found ? t("problem.found", { what: part(problem.found) }) : undefined,
      problem.expected ? t("problem.expected", { what: part(problem.expected) }) : undefined,
    ].filter((line) => line !== undefined);
    // A code is raised in several places, and what to do differs: its own hint comes first.
    const given = problem.hint ? visible(inConsole(translate(problem.hint), t, language)) : undefined;
    const hint = given ?? hintOf(code);
    const title = language === "zh" ? (of(chinese, code) ?? message) : message;
    return { title: visible(title), detail: detail.join(language === "zh" ? "" : " ") || undefined, hint };
  };
}
