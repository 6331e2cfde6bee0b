/** Days of the reader's calendar, as forms hold them ("2027-12-31"). */

const two = (part: number): string => String(part).padStart(2, "0");

/** The day of a moment; "" for none. */
export function dayOf(at: string | number | Date | null | undefined): string {
  if (at === null || at === undefined || at === "") return "";
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return "";
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

const at = (text: string): Date | undefined => {
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
};

/** "Until" a day includes it. */
export const endOf = (day: string): string | null => at(`${day}T23:59:59`)?.toISOString() ?? null;
export const startOf = (day: string): string | null => at(`${day}T00:00:00`)?.toISOString() ?? null;

export const inOneYear = (): string => dayOf(Date.now() + 365 * 86_400_000);

/** The year comes first, so that no day is taken for a month; with the marks of either language between, or none. */
const WRITTEN = /^(\d{4})([-/.\u5e74]?)(\d{1,2})(?:\2|\u6708)(\d{1,2})\u65e5?$/;

/** The day that a person wrote; "" where it is none. */
export function readDay(text: string): string {
  const [, year = "", mark, month = "", day = ""] = WRITTEN.exec(text.replaceAll(/\s/g, "")) ?? [];
  if (mark === "" && month.length + day.length !== 4) return "";
  const written = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  return dayOf(`${written}T00:00:00`) === written ? written : "";
}
