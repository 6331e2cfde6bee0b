import { defineTexts } from "../../core/texts";

export const sides = defineTexts("flow_sides", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
