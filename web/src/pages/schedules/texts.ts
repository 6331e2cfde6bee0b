import { defineTexts } from "../../core/texts";

export const schedules = defineTexts("schedules", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
