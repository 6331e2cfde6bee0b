import { defineTexts } from "../core/texts";

export const dates = defineTexts("dates", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
