import { defineTexts } from "../../core/texts";

export const home = defineTexts("home", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
