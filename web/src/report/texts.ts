import { defineTexts } from "../core/texts";

export const report = defineTexts("report", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
