import { defineTexts } from "../../core/texts";

export const preview = defineTexts("preview", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
