import { defineTexts } from "../../core/texts";

export const data = defineTexts("data", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
