/** A value of a form that is not known here: written as it stands in the document. */
import { Textarea } from "@mantine/core";
import { useEffect, useState } from "react";
import { useInput } from "../input";
import { type Json, same } from "../json";
import type { WidgetProps } from "../registry";
import { forms } from "../texts";

export function JsonField(props: WidgetProps) {
  const { value, onChange } = props;
  const t = forms.useT();
  const input = useInput(props);
  const [text, setText] = useState(() => written(value));
  const [fault, setFault] = useState<string>();
  useEffect(() => {
    setText((typed) => (same(read(typed).value, value) ? typed : written(value)));
  }, [value]);
  const type = (typed: string): void => {
    setText(typed);
    const { value: next, fault: wrong } = read(typed);
    setFault(wrong);
    if (wrong === undefined) onChange(next);
  };
  return (
    <Textarea
      {...input}
      label={input.label}
      error={fault === undefined ? input.error : t("fault.json", { reason: fault })}
      placeholder={t("json.hint")}
      value={text}
      autosize
      minRows={2}
      maxRows={12}
      spellCheck={false}
      styles={{ input: { fontFamily: "var(--font-mono)" } }}
      onChange={(event) => type(event.currentTarget.value)}
    />
  );
}

const written = (value: Json | undefined): string => (value === undefined ? "" : JSON.stringify(value, null, 2));

export function read(text: string): { value?: Json; fault?: string } {
  if (text.trim() === "") return {};
  try {
    return { value: JSON.parse(text) as Json };
  } catch (thrown) {
    return { fault: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}
