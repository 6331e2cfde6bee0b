import { defineTexts } from "../../core/texts";

export const settings = defineTexts("settings", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
