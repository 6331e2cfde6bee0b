/** One of a few, or some of a few. */
import { Checkbox, Group, Radio, SegmentedControl, Select, Stack } from "@mantine/core";
import { useId } from "react";
import { useW } from "../../core/texts";
import { useInput } from "../input";
import type { Json } from "../json";
import type { WidgetProps } from "../registry";
import styles from "../SpecForm.module.css";
import type { Field } from "../schema";

interface Option {
  value: string;
  label: string;
}

function useOptions(field: Field, choices: Json[]): Option[] {
  const w = useW();
  return choices.map((choice) => ({
    value: String(choice),
    label: w(field.options[String(choice)]) || String(choice),
  }));
}

const SHORT = 34;
const wide = (text: string): number => [...text].reduce((sum, letter) => sum + (letter > "\u2e7f" ? 2 : 1), 0);

export function ChoiceField(props: WidgetProps) {
  const { field, value, onChange, readOnly } = props;
  const input = useInput(props);
  const id = useId();
  const choices = field.schema.enum ?? [];
  const options = useOptions(field, choices);
  const chosen = value === undefined || value === null ? "" : String(value);
  const choose = (text: string | null): void =>
    onChange(text === null ? undefined : choices.find((choice) => String(choice) === text));
  const fitting = options.length <= 4 && choices.includes(value ?? null) && !field.nullable;
  if (fitting && options.reduce((sum, option) => sum + wide(option.label) + 3, 0) <= SHORT) {
    return (
      <fieldset className={styles.plain} aria-describedby={`${id}-help`}>
        <legend className={styles.legend}>{input.label}</legend>
        <p id={`${id}-help`} className={styles.help}>
          {input.description}
        </p>
        <SegmentedControl
          data={options}
          value={chosen}
          onChange={choose}
          disabled={readOnly}
          fullWidth
          aria-label={input.label}
        />
        {input.error !== undefined && <p className={styles.error}>{input.error}</p>}
      </fieldset>
    );
  }
  if (fitting) {
    return (
      <Radio.Group {...input} value={chosen} onChange={choose}>
        <Stack gap={6} mt={6}>
          {options.map((option) => (
            <Radio key={option.value} value={option.value} label={option.label} disabled={readOnly} />
          ))}
        </Stack>
      </Radio.Group>
    );
  }
  return (
    <Select
      {...input}
      data={known(options, chosen)}
      value={chosen === "" ? null : chosen}
      onChange={choose}
      allowDeselect={field.nullable}
      clearable={field.nullable && !readOnly}
      comboboxProps={{ withinPortal: true }}
    />
  );
}

/** A value from elsewhere stays to be seen. */
const known = (options: Option[], chosen: string): Option[] =>
  chosen === "" || options.some((option) => option.value === chosen)
    ? options
    : [...options, { value: chosen, label: chosen }];

export function ChoicesField(props: WidgetProps) {
  const { field, value, onChange, readOnly } = props;
  const input = useInput(props);
  const choices = field.schema.items?.enum ?? [];
  const options = useOptions(field, choices);
  const chosen = Array.isArray(value) ? value.map(String) : [];
  /** In the order of the declaration, so that the same choice is the same document. */
  const choose = (texts: string[]): void => onChange(choices.filter((choice) => texts.includes(String(choice))));
  return (
    <Checkbox.Group {...input} value={chosen} onChange={choose}>
      <Group gap="md" mt={6}>
        {options.map((option) => (
          <Checkbox key={option.value} value={option.value} label={option.label} disabled={readOnly} />
        ))}
      </Group>
    </Checkbox.Group>
  );
}
