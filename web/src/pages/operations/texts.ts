import { defineTexts } from "../../core/texts";

export const operations = defineTexts("operations", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
