import { defineTexts } from "../core/texts";

export const actors = defineTexts("actors", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
