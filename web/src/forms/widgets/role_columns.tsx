/** Columns of each party, by the role that it sits on. */
import { Select } from "@mantine/core";
import { useW } from "../../core/texts";
import type { FormContext } from "../context";
import { Inset, useInput } from "../input";
import { asObject, withEntry } from "../json";
import type { WidgetProps } from "../registry";
import type { Field } from "../schema";
import { forms } from "../texts";
import { ColumnInput, ColumnList, namesIn } from "./columns";

/** Roles that the schema allows as names and that somebody sits on, plus those that the value already names. */
function rolesOf(field: Field, context: FormContext, given: string[]): string[] {
  const allowed = (field.schema.propertyNames?.enum ?? []).map(String);
  const all = allowed.length > 0 ? allowed : (context.spec?.roles ?? []).map((role) => role.name);
  const seated = all.filter((role, place) => context.partyOf(role) !== undefined || place < 2);
  return [...seated, ...given.filter((role) => !seated.includes(role))];
}

/** "Receiver · hospital". */
function useRoleName(context: FormContext): (role: string) => string {
  const t = forms.useT();
  const w = useW();
  return (role) => {
    const title = w(context.spec?.roles.find((known) => known.name === role)?.title) || role;
    return t("role.of", { role: title, party: context.partyOf(role) ?? t("role.nobody") });
  };
}

export function RoleColumnsField(props: WidgetProps) {
  const { field, value, onChange, context, errorAt } = props;
  const roleName = useRoleName(context);
  const { label, description, error, readOnly } = useInput(props);
  const given = asObject(value);
  const put = (role: string, columns: string[]): void => {
    const next = withEntry(given, role, columns.length === 0 ? undefined : columns);
    onChange(Object.keys(next).length === 0 ? undefined : next);
  };
  return (
    <Inset label={label} description={description} error={error}>
      {rolesOf(field, context, Object.keys(given)).map((role) => (
        <ColumnList
          key={role}
          input={{
            label: roleName(role),
            description: undefined,
            error: errorAt(`${field.path}.${role}`),
            readOnly,
            withAsterisk: false,
          }}
          columns={context.columns(role)}
          chosen={namesIn(given[role])}
          onChange={(columns) => put(role, columns)}
        />
      ))}
    </Inset>
  );
}

/** One column of one party: `{role, column}`, or nothing. */
export function RoleColumnField(props: WidgetProps) {
  const { field, value, onChange, context, errorAt } = props;
  const w = useW();
  const roleName = useRoleName(context);
  const { label, description, error, readOnly } = useInput(props);
  const given = asObject(value);
  const inner = (name: string): Field | undefined => field.fields.find((known) => known.name === name);
  const role = typeof given.role === "string" ? given.role : null;
  const roles = (inner("role")?.schema.enum ?? []).map(String);
  return (
    <Inset label={label} description={description} error={error}>
      <Select
        label={w(inner("role")?.title)}
        data={roles.map((name) => ({ value: name, label: roleName(name) }))}
        value={role}
        clearable={field.nullable && !readOnly}
        readOnly={readOnly}
        error={errorAt(`${field.path}.role`)}
        onChange={(next) => onChange(next === null ? undefined : { ...given, role: next, column: "" })}
        comboboxProps={{ withinPortal: true }}
      />
      {role !== null && (
        <ColumnInput
          input={{
            label: w(inner("column")?.title),
            description: undefined,
            error: errorAt(`${field.path}.column`),
            readOnly,
            withAsterisk: true,
          }}
          columns={context.columns(role)}
          value={typeof given.column === "string" ? given.column : ""}
          onChange={(column) => onChange({ ...given, column })}
        />
      )}
    </Inset>
  );
}
