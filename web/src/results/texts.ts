import { defineTexts } from "../core/texts";

export const results = defineTexts("results", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
