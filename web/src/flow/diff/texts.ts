import { defineTexts } from "../../core/texts";

export const differs = defineTexts("differs", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
