/** Dates, numbers, sizes and durations, as each language writes them. Times are local; `utc` is for the tooltip. */
import { useMemo } from "react";
import { type Language, useLanguage } from "./language";

export interface Format {
  /** Day, and year where it is not this one. */
  date(time: string | number | Date | null | undefined): string;
  /** Day and minute. */
  time(time: string | number | Date | null | undefined): string;
  /** Day, second and millisecond, in UTC. */
  utc(time: string | number | Date | null | undefined): string;
  /** Clock with seconds. */
  clock(time: string | number | Date | null | undefined): string;
  ago(time: string | number | Date | null | undefined, now?: number): string;
  number(value: number | null | undefined, digits?: number): string;
  percent(share: number | null | undefined, digits?: number): string;
  bytes(count: number | null | undefined): string;
  seconds(seconds: number | null | undefined): string;
  money(amount: number | string | null | undefined, currency: string): string;
  list(words: string[]): string;
}

const NOTHING = "–";
const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];

export function makeFormat(language: Language): Format {
  const locale = language === "zh" ? "zh-CN" : "en-GB";
  const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
  const dayYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
  const minute = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const second = new Intl.DateTimeFormat(locale, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  const near = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const numbers = (digits: number): Intl.NumberFormat =>
    new Intl.NumberFormat(locale, { maximumFractionDigits: digits });
  const dayOf = (at: Date): string => (at.getFullYear() === new Date().getFullYear() ? day : dayYear).format(at);
  const given = (time: string | number | Date | null | undefined): Date | undefined => {
    if (time === null || time === undefined || time === "") return undefined;
    const at = new Date(time);
    return Number.isNaN(at.getTime()) ? undefined : at;
  };
  const or = <X>(value: X | null | undefined, write: (value: X) => string): string =>
    value === null || value === undefined || Number.isNaN(value) ? NOTHING : write(value);
  return {
    date: (time) => or(given(time), dayOf),
    time: (time) => or(given(time), (at) => `${dayOf(at)} ${minute.format(at)}`),
    utc: (time) => or(given(time), (at) => at.toISOString().replace("T", " ").replace("Z", " UTC")),
    clock: (time) => or(given(time), (at) => second.format(at)),
    ago: (time, now = Date.now()) => or(given(time), (at) => relative(near, (at.getTime() - now) / 1000)),
    number: (value, digits = 2) => or(value, (known) => numbers(digits).format(known)),
    percent: (share, digits = 1) =>
      or(share, (known) =>
        new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: digits }).format(known),
      ),
    bytes: (count) => or(count, (known) => bytes(known, numbers)),
    seconds: (value) => or(value, (known) => duration(known, locale)),
    money: (amount, currency) => or(amount, (known) => money(Number(known), currency, locale)),
    list: (words) => listed(words, locale),
  };
}

const LATIN = /[\x21-\x7e]/;
const HAN = /^\p{Script=Han}+$/u;
/** Between Chinese and Latin letters stands a space. */
function listed(words: string[], locale: string): string {
  const parts = new Intl.ListFormat(locale, { type: "conjunction" }).formatToParts(words);
  return parts
    .map(({ type, value }, at) => {
      if (type === "element" || !HAN.test(value)) return value;
      const [before = "", after = ""] = [parts[at - 1]?.value.at(-1), parts[at + 1]?.value.at(0)];
      return `${LATIN.test(before) ? " " : ""}${value}${LATIN.test(after) ? " " : ""}`;
    })
    .join("");
}

function relative(near: Intl.RelativeTimeFormat, seconds: number): string {
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [
    ["year", 31_557_600],
    ["month", 2_629_800],
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
  ];
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return near.format(Math.trunc(seconds / size), unit);
  }
  return near.format(Math.trunc(seconds / 5) * 5 || 0, "second");
}

function bytes(count: number, numbers: (digits: number) => Intl.NumberFormat): string {
  const step = count < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(count) / 3));
  const value = count / 1000 ** step;
  return `${numbers(value < 10 && step > 0 ? 1 : 0).format(value)} ${UNITS[step]}`;
}

type Unit = "day" | "hour" | "minute" | "second" | "millisecond";

/** As the SI writes them: no "secs", no plural. */
const SYMBOLS: Record<Unit, string> = { day: "d", hour: "h", minute: "min", second: "s", millisecond: "ms" };

function duration(seconds: number, locale: string): string {
  const part = (value: number, unit: Unit, digits = 0): string =>
    locale === "zh-CN"
      ? new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: digits }).format(value)
      : `${new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value)} ${SYMBOLS[unit]}`;
  const whole = Math.round(seconds);
  if (seconds < 1) return part(seconds * 1000, "millisecond");
  if (seconds < 60) return part(seconds, "second", seconds < 10 ? 1 : 0);
  if (whole < 3600) return `${part(Math.floor(whole / 60), "minute")} ${part(whole % 60, "second")}`;
  if (whole < 86_400)
    return `${part(Math.floor(whole / 3600), "hour")} ${part(Math.floor((whole % 3600) / 60), "minute")}`;
  return `${part(Math.floor(whole / 86_400), "day")} ${part(Math.floor((whole % 86_400) / 3600), "hour")}`;
}

function money(amount: number, currency: string, locale: string): string {
  try {
    return new Intl.NumberFormat(locale, { style: "currency", currency }).format(amount);
  } catch {
    return `${amount} ${currency}`; // not an ISO 4217 code
  }
}

export function useFormat(): Format {
  const language = useLanguage();
  return useMemo(() => makeFormat(language), [language]);
}
