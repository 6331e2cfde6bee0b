/** The language of the console: English or Chinese. */
import { startTransition } from "react";
import { queryNow } from "./location";
import { recall, remember } from "./remembered";
import { makeStore, useStore } from "./store";

export type Language = "en" | "zh";

const known = (text: string | null | undefined): Language | undefined =>
  text?.toLowerCase().startsWith("zh") ? "zh" : text?.toLowerCase().startsWith("en") ? "en" : undefined;

function initial(): Language {
  const asked = known(queryNow().get("lang"));
  if (asked !== undefined) remember("language", asked);
  return asked ?? known(recall("language")) ?? known(navigator.language) ?? "en";
}

const store = makeStore<Language>(initial());
document.documentElement.lang = store.get() === "zh" ? "zh-CN" : "en";

export const languageNow = store.get;
export const useLanguage = (): Language => useStore(store);

export function setLanguage(language: Language): void {
  remember("language", language);
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  startTransition(() => store.set(language));
}
