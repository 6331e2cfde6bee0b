import { defineTexts } from "../../core/texts";

export const projects = defineTexts("projects", {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
});
export type ProjectsT = ReturnType<typeof projects.useT>;
