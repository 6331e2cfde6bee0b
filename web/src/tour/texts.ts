import { defineTexts } from "../core/texts";

export const tour = defineTexts("tour", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
