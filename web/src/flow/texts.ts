import { defineTexts } from "../core/texts";

export const flow = defineTexts("flow", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
