/** Lines of a job's log: codes in them are said in words, with the code behind. */
import type { JobEvent } from "../api/types";
import { useCodeText } from "./problems";
import { core, useW } from "./texts";

/** Waits (Suspense) for the meanings of codes. */
export function useEventText(): (event: JobEvent) => string {
  const t = core.useT();
  const w = useW();
  const meaning = useCodeText();
  return ({ text, data }) => {
    const { code } = data;
    const words = typeof code === "string" ? meaning(code) : undefined;
    if (typeof code !== "string" || words === undefined) return w(text);
    return w(text).replace(code, () => t("event.coded", { meaning: words.replace(/\.$/, ""), code }));
  };
}
