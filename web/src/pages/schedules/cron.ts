/** Common patterns of times in words; any other is shown as it is written. */
export type Pattern =
  | { kind: "every_minutes" | "every_hours"; count: number }
  | { kind: "hourly"; minute: number }
  | { kind: "daily"; time: string }
  | { kind: "weekdays"; time: string }
  | { kind: "weekly"; time: string; day: number }
  | { kind: "monthly"; time: string; date: number };

const NUMBER = /^\d+$/;
const number = (text: string): number | undefined => (NUMBER.test(text) ? Number(text) : undefined);
const two = (value: number): string => String(value).padStart(2, "0");

/** `minute hour day-of-month month day-of-week`. */
export function patternOf(cron: string): Pattern | undefined {
  const [minute = "", hour = "", date = "", month = "", day = "", ...rest] = cron.trim().split(/\s+/);
  if (rest.length > 0 || month !== "*") return undefined;
  const at = number(minute);
  const anyDay = date === "*" && day === "*";
  const every = /^\*\/(\d+)$/;
  if (anyDay && hour === "*" && every.test(minute))
    return { kind: "every_minutes", count: Number(every.exec(minute)?.[1]) };
  if (at === undefined) return undefined;
  if (anyDay && hour === "*") return { kind: "hourly", minute: at };
  if (anyDay && every.test(hour) && at === 0) return { kind: "every_hours", count: Number(every.exec(hour)?.[1]) };
  const clock = number(hour);
  if (clock === undefined) return undefined;
  const time = `${two(clock)}:${two(at)}`;
  if (anyDay) return { kind: "daily", time };
  if (date === "*" && day === "1-5") return { kind: "weekdays", time };
  const weekday = number(day);
  if (date === "*" && weekday !== undefined) return { kind: "weekly", time, day: weekday % 7 };
  const ofMonth = number(date);
  return day === "*" && ofMonth !== undefined ? { kind: "monthly", time, date: ofMonth } : undefined;
}
