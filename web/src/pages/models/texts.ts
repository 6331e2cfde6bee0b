import { defineTexts } from "../../core/texts";

export const models = defineTexts("models", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
