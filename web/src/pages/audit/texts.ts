import { defineTexts } from "../../core/texts";

export const audit = defineTexts("audit", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
