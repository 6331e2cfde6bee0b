import { defineTexts } from "../../core/texts";

export const cockpit = defineTexts("cockpit", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
