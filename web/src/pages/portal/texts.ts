import { defineTexts } from "../../core/texts";

export const portal = defineTexts("portal", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
