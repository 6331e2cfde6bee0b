/** What all controls share: label, help, error, and being read-only. */
import { ActionIcon } from "@mantine/core";
import { type ReactNode, useId, useState } from "react";
import { IconX } from "../core/icons";
import { useW } from "../core/texts";
import type { WidgetProps } from "./registry";
import styles from "./SpecForm.module.css";
import { forms } from "./texts";

export interface InputProps {
  label: string;
  description: ReactNode;
  error: string | undefined;
  readOnly: boolean;
  withAsterisk: boolean;
}

/** For Mantine's inputs, which tie label, description and error to the control themselves. */
export function useInput({ field, error, readOnly }: WidgetProps): InputProps {
  const w = useW();
  return {
    label: w(field.title),
    description: <Help text={w(field.help)} />,
    error,
    readOnly,
    withAsterisk: field.required,
  };
}

/** Several controls under one label. */
export function Inset({
  label,
  description,
  error,
  children,
}: Omit<InputProps, "readOnly" | "withAsterisk"> & { children: ReactNode }) {
  const id = useId();
  return (
    <fieldset className={styles.inset} aria-describedby={`${id}-help`}>
      <legend className={styles.legend}>{label}</legend>
      <p id={`${id}-help`} className={styles.help}>
        {description}
      </p>
      {children}
      {error !== undefined && <p className={styles.error}>{error}</p>}
    </fieldset>
  );
}

/** Beside a control of several: takes it away. */
export function Remove({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" size={36} aria-label={label} onClick={onClick}>
      <IconX size={16} aria-hidden />
    </ActionIcon>
  );
}

const LONG = 120;

/** The first sentence; the rest on demand. */
export function Help({ text }: { text: string }) {
  const t = forms.useT();
  const [open, setOpen] = useState(false);
  const [first, rest] = split(text);
  if (rest === "") return <>{text}</>;
  return (
    <>
      {open ? text : first}{" "}
      <button type="button" className={styles.more} aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? t("help.less") : t("help.more")}
      </button>
    </>
  );
}

/** Long texts in two parts, cut after a sentence. */
export function split(text: string): [string, string] {
  const width = [...text].reduce((sum, letter) => sum + (letter > "\u2e7f" ? 2 : 1), 0);
  if (width <= LONG) return [text, ""];
  const end = /[。；]|[.;:](?=\s)/.exec(text);
  return end === null ? [text, ""] : [text.slice(0, end.index + 1), text.slice(end.index + 1).trim()];
}
