import { defineTexts } from "../../core/texts";

export const jobs = defineTexts("jobs", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
