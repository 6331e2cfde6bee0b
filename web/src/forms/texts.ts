import { defineTexts } from "../core/texts";

export const forms = defineTexts("forms", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
