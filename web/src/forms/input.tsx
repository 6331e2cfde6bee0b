/** What all controls share: label, help, error, and being read-only. */
import { type ReactNode, useState } from "react";
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
