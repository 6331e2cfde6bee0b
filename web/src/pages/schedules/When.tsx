/** When a schedule runs, in words where there are short ones. */
import { useLanguage } from "../../core/language";
import { patternOf } from "./cron";
import { schedules } from "./texts";

const SUNDAY = Date.UTC(2026, 0, 4);
const DAY_MS = 86_400_000;

export function When({ cron, timezone }: { cron: string; timezone: string }) {
  const t = schedules.useT();
  const language = useLanguage();
  const pattern = patternOf(cron);
  const zone = ` (${timezone})`;
  if (pattern === undefined) {
    return (
      <>
        <code>{cron}</code>
        {zone}
      </>
    );
  }
  const weekday = (day: number): string =>
    new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { weekday: "long", timeZone: "UTC" }).format(
      SUNDAY + day * DAY_MS,
    );
  const words = ((): string => {
    switch (pattern.kind) {
      case "every_minutes":
        return t("when.minutes", { count: pattern.count });
      case "every_hours":
        return t("when.hours", { count: pattern.count });
      case "hourly":
        return t("when.hourly", { minute: pattern.minute });
      case "daily":
        return t("when.daily", { time: pattern.time });
      case "weekdays":
        return t("when.weekdays", { time: pattern.time });
      case "weekly":
        return t("when.weekly", { time: pattern.time, day: weekday(pattern.day) });
      case "monthly":
        return t("when.monthly", { time: pattern.time, date: pattern.date });
    }
  })();
  return (
    <span title={cron}>
      {words}
      {zone}
    </span>
  );
}
