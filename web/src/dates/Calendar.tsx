/** Days to choose from, in the words of the console's language. */
import "@mantine/dates/styles.layer.css";
import "dayjs/locale/zh-cn";
import { FocusTrap } from "@mantine/core";
import { DatePicker } from "@mantine/dates";
import { useFormat } from "../core/format";
import { type Language, useLanguage } from "../core/language";
import { dayOf } from "./days";
import { dates } from "./texts";

interface CalendarProps {
  /** "" for none. */
  day: string;
  onChoose: (day: string) => void;
}

const LOCALES: Record<Language, string> = { en: "en", zh: "zh-cn" };

export default function Calendar({ day, onChoose }: CalendarProps) {
  const t = dates.useT();
  const format = useFormat();
  const language = useLanguage();
  const first = day || dayOf(Date.now());
  return (
    <FocusTrap active>
      <DatePicker
        locale={LOCALES[language]}
        monthLabelFormat={t("written.month")}
        yearLabelFormat={t("written.year")}
        monthsListFormat={t("written.months")}
        aria-label={t("calendar")}
        role="group"
        value={day || null}
        defaultDate={day || undefined}
        onChange={(chosen) => onChoose(chosen ?? day)}
        highlightToday
        getDayProps={(date) => ({ "data-autofocus": date === first || undefined })}
        __stopPropagation // Escape closes the calendar, and not the dialog that it stands in
        hideOutsideDates
        weekendDays={[]} // red is for faults
        getDayAriaLabel={(date) => format.date(`${date}T00:00:00`)}
        ariaLabels={{
          monthLevelControl: t("month"),
          yearLevelControl: t("year"),
          previousMonth: t("month.before"),
          nextMonth: t("month.after"),
          previousYear: t("year.before"),
          nextYear: t("year.after"),
          previousDecade: t("decade.before"),
          nextDecade: t("decade.after"),
        }}
      />
    </FocusTrap>
  );
}
