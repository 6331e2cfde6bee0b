/** Texts and switches. */
import { Switch, TextInput } from "@mantine/core";
import { useInput } from "../input";
import type { WidgetProps } from "../registry";

export function TextField(props: WidgetProps) {
  const { field, value, onChange } = props;
  const input = useInput(props);
  const text = typeof value === "string" ? value : "";
  const example = field.schema.examples?.[0];
  const empty = field.nullable ? undefined : "";
  return (
    <TextInput
      {...input}
      value={text}
      placeholder={typeof example === "string" ? example : undefined}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => onChange(event.currentTarget.value === "" ? empty : event.currentTarget.value)}
    />
  );
}

export function SwitchField(props: WidgetProps) {
  const { value, onChange, readOnly } = props;
  const { label, description, error } = useInput(props);
  return (
    <Switch
      label={label}
      description={description}
      error={error}
      checked={value === true}
      disabled={readOnly}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}
