/** Days of the reader's calendar, as date fields hold them ("2027-12-31"). */

/** The day of a moment; "" for none. */
export function dayOf(at: string | number | null | undefined): string {
  if (at === null || at === undefined || at === "") return "";
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return "";
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

const at = (text: string): Date | undefined => {
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
};

/** "Until" a day includes it. */
export const endOf = (day: string): string | null => at(`${day}T23:59:59`)?.toISOString() ?? null;
export const startOf = (day: string): string | null => at(`${day}T00:00:00`)?.toISOString() ?? null;

export const inOneYear = (): string => dayOf(Date.now() + 365 * 86_400_000);
