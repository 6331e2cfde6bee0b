import { defineTexts } from "../core/texts";

export const charts = defineTexts("charts", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
