import { defineTexts } from "../../core/texts";

export const approvals = defineTexts("approvals", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
