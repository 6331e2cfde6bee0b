import { defineTexts } from "../../core/texts";

export const market = defineTexts("market", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
