/** Whether a schedule goes on. */
import { Badge } from "../../ui/Badge";
import { schedules } from "./texts";

export function State({ state }: { state: string }) {
  const t = schedules.useT();
  return state === "paused" ? <Badge tone="warn">{t("paused")}</Badge> : <Badge tone="ok">{t("active")}</Badge>;
}
