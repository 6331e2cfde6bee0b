/** A day, written year first in every language of console and browser; a calendar opens beside it. */
import { ActionIcon, Popover, TextInput, type TextInputProps } from "@mantine/core";
import IconCalendar from "@tabler/icons-react/dist/esm/icons/IconCalendar.mjs";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { Loading } from "../ui/Async";
import { readDay } from "./days";
import { dates } from "./texts";

const Calendar = lazy(() => import("./Calendar"));

export interface DateFieldProps extends Omit<TextInputProps, "label" | "value" | "onChange"> {
  label: string;
  /** "" for none. */
  value: string;
  /** What is no day is none. */
  onChange: (day: string) => void;
}

export function DateField({ value, onChange, error, ...others }: DateFieldProps) {
  const t = dates.useT();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  const [isTyping, setTyping] = useState(false);
  if (value !== known) {
    setKnown(value);
    if (readDay(text) !== value) setText(value); // it was changed elsewhere
  }
  const fault = text !== "" && readDay(text) === "" ? t("fault") : "";
  useEffect(() => field.current?.setCustomValidity(fault), [fault]); // no form is sent without a day that was meant
  const change = (next: string): void => {
    setText(next);
    if (readDay(next) !== value) onChange(readDay(next));
  };
  const leave = (): void => {
    setTyping(false);
    setText(text === "" ? value : readDay(text) || text); // a form may keep the day that was there
  };
  return (
    <TextInput
      placeholder={t("format")}
      inputMode="numeric"
      autoComplete="off"
      {...others}
      ref={field}
      value={text}
      error={error ?? (isTyping ? undefined : fault || undefined)}
      onFocus={() => setTyping(true)}
      onBlur={leave}
      onChange={(event) => change(event.currentTarget.value)}
      rightSection={<Picker label={others.label} day={readDay(text)} onChoose={change} disabled={others.disabled} />}
    />
  );
}

interface PickerProps {
  label: string;
  day: string;
  onChoose: (day: string) => void;
  disabled?: boolean;
}

function Picker({ label, day, onChoose, disabled }: PickerProps) {
  const t = dates.useT();
  const [opened, setOpened] = useState(false);
  const choose = (chosen: string): void => {
    setOpened(false);
    onChoose(chosen);
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" shadow="md" returnFocus>
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="md"
          disabled={disabled}
          aria-label={t("choose", { label })}
          onClick={() => setOpened(!opened)}
        >
          <IconCalendar size={16} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Suspense fallback={<Loading height={280} />}>
          <Calendar day={day} onChoose={choose} />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
