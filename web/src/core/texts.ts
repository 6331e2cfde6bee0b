/** Texts of an area, in both languages, loaded when the area is. */
import { use } from "react";
import type { Wording } from "../api/types";
import { type Language, languageNow, useLanguage } from "./language";
import { visible } from "./visible";

export type Values = Record<string, string | number>;
/** Gives a text. Values fill `{name}`; `count` chooses between the keys `x_one` and `x_other`. */
export type T<K extends string = string> = (key: K, values?: Values) => string;
type Base<K> = K extends `${infer B}_one` | `${infer B}_other` ? B : K;
type Loaded = { default: Record<string, string> };

export interface AreaTexts<K extends string> {
  /** In components; waits (Suspense) for the texts. */
  useT(): T<K>;
  /** Outside of components, after `preload` or once a component showed texts of the area. */
  now(): T<K>;
  /** In a language that the page need not be in. */
  of(language: Language): Promise<T<K>>;
  preload(): Promise<void>;
}

/** `load.en` gives the keys: the import of `texts/en.json`. */
export function defineTexts<E extends Record<string, string>>(
  area: string,
  load: { en: () => Promise<{ default: E }>; zh: () => Promise<Loaded> },
): AreaTexts<Base<keyof E & string>> {
  const waiting: Partial<Record<Language, Pending>> = {};
  const texts = (language: Language): Pending => {
    waiting[language] ??= known(load[language]().then((loaded) => loaded.default));
    return waiting[language];
  };
  return {
    useT() {
      const language = useLanguage();
      return translator(area, use(texts(language) as Promise<Record<string, string>>), language);
    },
    now: () => translator(area, waiting[languageNow()]?.value ?? {}, languageNow()),
    of: async (language) => translator(area, await texts(language), language),
    preload: async () => {
      await texts(languageNow());
    },
  };
}

const rules: Record<Language, Intl.PluralRules> = { en: new Intl.PluralRules("en"), zh: new Intl.PluralRules("zh") };

/** A promise that React reads without waiting once it has its value. */
type Pending = Promise<Record<string, string>> & { status?: "fulfilled"; value?: Record<string, string> };

function known(promise: Pending): Pending {
  void promise.then((value) => Object.assign(promise, { status: "fulfilled", value }));
  return promise;
}

/** `texts` as a function. A key that is missing shows as itself, so that tests see it. */
export function translator(area: string, texts: Record<string, string>, language: Language): T {
  return (key, values) => {
    const count = values?.count;
    const plural = typeof count === "number" ? texts[`${key}_${rules[language].select(count)}`] : undefined;
    const text = plural ?? texts[key] ?? texts[`${key}_other`] ?? `${area}.${key}`;
    if (values === undefined) return text;
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      if (value === undefined) return whole;
      return typeof value === "number" ? numberIn(language).format(value) : visible(value);
    });
  };
}

const numbers: Partial<Record<Language, Intl.NumberFormat>> = {};
function numberIn(language: Language): Intl.NumberFormat {
  numbers[language] ??= new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en-GB", { maximumFractionDigits: 3 });
  return numbers[language];
}

/** Words that the server gives in both languages. */
export function useW(): (words: Wording | null | undefined) => string {
  const language = useLanguage();
  return (words) => visible(words?.[language] ?? "");
}

export const core = defineTexts("core", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
