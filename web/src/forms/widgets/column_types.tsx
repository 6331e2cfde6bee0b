/** The type of single columns: a table of column and type. */
import { Select } from "@mantine/core";
import { useW } from "../../core/texts";
import { Inset, Remove, useInput } from "../input";
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
    <Inset label={label} description={description} error={error}>
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
          {!readOnly && <Remove label={t("remove", { what: column })} onClick={() => put(column, undefined)} />}
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
    </Inset>
  );
}

function typesOf(values: boolean | JsonSchema | undefined): string[] {
  return typeof values === "object" ? (values.enum ?? []).map(String) : [];
}
