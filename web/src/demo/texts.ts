import { defineTexts } from "../core/texts";

export const demo = defineTexts("demo", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
