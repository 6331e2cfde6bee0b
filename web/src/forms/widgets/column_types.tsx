/** The type of single columns: a table of column and type. */
import { ActionIcon, Select } from "@mantine/core";
import { useId } from "react";
import { IconX } from "../../core/icons";
import { useW } from "../../core/texts";
import { useInput } from "../input";
import { asObject, type Json, withEntry } from "../json";
import type { WidgetProps } from "../registry";
import styles from "../SpecForm.module.css";
import type { JsonSchema } from "../schema";
import { forms } from "../texts";
import { AddColumn } from "./columns";

export function ColumnTypesField(props: WidgetProps) {
  const { field, value, onChange, context, errorAt } = props;
  const t = forms.useT();
  const w = useW();
  const id = useId();
  const { label, description, error, readOnly } = useInput(props);
  const given = asObject(value);
  const types = typesOf(field.schema.additionalProperties);
  const columns = field.role === undefined ? undefined : context.columns(field.role);
  const put = (column: string, type: Json | undefined): void => {
    const next = withEntry(given, column, type);
    onChange(Object.keys(next).length === 0 ? undefined : next);
  };
  const add = (column: string): void => {
    const first = types[0];
    if (first !== undefined && !Object.hasOwn(given, column)) put(column, first);
  };
  return (
    <fieldset className={styles.inset} aria-describedby={`${id}-help`}>
      <legend className={styles.legend}>{label}</legend>
      <p id={`${id}-help`} className={styles.help}>
        {description}
      </p>
      {Object.entries(given).map(([column, type]) => (
        <div key={column} className={styles.row}>
          <Select
            label={t("types.of", { column })}
            data={types.map((name) => ({ value: name, label: w(field.options[name]) || name }))}
            value={typeof type === "string" ? type : null}
            readOnly={readOnly}
            allowDeselect={false}
            error={errorAt(`${field.path}.${column}`)}
            onChange={(next) => put(column, next ?? undefined)}
            comboboxProps={{ withinPortal: true }}
          />
          {!readOnly && (
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              aria-label={t("remove", { what: column })}
              onClick={() => put(column, undefined)}
            >
              <IconX size={16} aria-hidden />
            </ActionIcon>
          )}
        </div>
      ))}
      {!readOnly && (
        <AddColumn
          input={{ label: t("types.add"), description: undefined, error: undefined, readOnly, withAsterisk: false }}
          columns={(columns ?? []).filter(({ name }) => !Object.hasOwn(given, name))}
          free={columns === undefined}
          onAdd={add}
        />
      )}
      {error !== undefined && <p className={styles.error}>{error}</p>}
    </fieldset>
  );
}

function typesOf(values: boolean | JsonSchema | undefined): string[] {
  return typeof values === "object" ? (values.enum ?? []).map(String) : [];
}
