/** Values inside of values, and values that may be absent. */
import { Switch } from "@mantine/core";
import { useW } from "../../core/texts";
import { Help } from "../input";
import { asObject } from "../json";
import type { WidgetProps } from "../registry";
import { FieldRow } from "../SpecForm";
import styles from "../SpecForm.module.css";
import { firstValue } from "../values";
import { widgetForShape } from ".";

export function ObjectField(props: WidgetProps) {
  const { field } = props;
  const w = useW();
  return (
    <fieldset className={styles.inset}>
      <legend className={styles.legend}>{w(field.title)}</legend>
      <Inner {...props} />
    </fieldset>
  );
}

/** The fields alone. */
export function Inner({ field, value, onChange, context, errorAt, readOnly }: WidgetProps) {
  return field.fields.map((inner) => (
    <FieldRow
      key={inner.path}
      field={inner}
      params={asObject(value)}
      onParams={(next) => onChange(next)}
      context={context}
      errorAt={errorAt}
      readOnly={readOnly}
    />
  ));
}

/** X or null: a switch, and X while it is on. */
export function OptionalField(props: WidgetProps) {
  const { field, value, onChange, readOnly, error } = props;
  const w = useW();
  const on = value !== undefined && value !== null;
  const Shape = widgetForShape(field);
  const off = field.default === undefined || field.default === null ? undefined : null;
  return (
    <div className={styles.inset} data-off={!on || undefined}>
      <Switch
        label={w(field.title)}
        description={<Help text={w(field.help)} />}
        checked={on}
        disabled={readOnly}
        onChange={(event) => onChange(event.currentTarget.checked ? firstValue(field) : off)}
        error={on && field.fields.length > 0 ? error : undefined}
      />
      {on && (field.fields.length > 0 ? <Inner {...props} /> : <Shape {...props} />)}
    </div>
  );
}
