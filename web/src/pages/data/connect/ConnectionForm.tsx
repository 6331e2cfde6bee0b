/** The form of a connection: its options as its kind has them. Secrets are typed here and sealed at the node. */
import { Button, Group, NumberInput, PasswordInput, Select, Switch, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Diagnostic } from "../../../ui/Diagnostic";
import { data } from "../texts";
import styles from "./connect.module.css";
import { type Field, type FieldName, KINDS, type KindName, missingOf, namesakeOf, type Values } from "./kinds";
import { isName, nameFor } from "./plan";

export interface FormValues {
  name: string;
  description: string;
  /** Without secrets. */
  options: Values;
}
interface FormProps {
  kind: KindName;
  values: FormValues;
  onChange: (values: FormValues) => void;
  secrets: Values;
  onSecrets: (secrets: Values) => void;
  onSubmit: (values: FormValues) => void;
  problem?: unknown;
  /** Of a connection that is there: its name stays. */
  fixed?: boolean;
  /** Names that others have. */
  taken?: ReadonlySet<string>;
  children: ReactNode;
}

export function ConnectionForm(props: FormProps) {
  const { kind, values, onChange, secrets, onSecrets, onSubmit, problem, fixed, taken, children } = props;
  const t = data.useT();
  const [tried, setTried] = useState(false);
  const [more, setMore] = useState(false);
  const lacking = new Set<FieldName>(missingOf(kind, { ...values.options, ...secrets }));
  const nameFault = !fixed && !isName(values.name);
  const set = (field: Field, value: string): void => {
    if (field.secret) onSecrets({ ...secrets, [field.name]: value });
    else change({ ...values.options, [field.name]: value });
  };
  const change = (options: Values): void => {
    const isOwn = values.name !== "" && values.name !== suggested(kind, values.options, taken);
    onChange({ ...values, options, name: fixed || isOwn ? values.name : suggested(kind, options, taken) });
  };
  const fields = KINDS[kind].filter((field) => more || !field.rare || values.options[field.name]);
  return (
    <form
      noValidate
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (lacking.size === 0 && !nameFault) onSubmit(values);
      }}
    >
      {fields.map((field) => (
        <FieldInput
          key={field.name}
          field={field}
          value={(field.secret ? secrets : values.options)[field.name] ?? ""}
          error={tried && lacking.has(field.name) ? t("field.needed") : undefined}
          onChange={(value) => set(field, value)}
        />
      ))}
      {!fixed && (
        <TextInput
          label={t("source.name")}
          description={t("source.name.help")}
          value={values.name}
          required
          error={tried && nameFault ? t("name.shape") : undefined}
          onChange={(event) => onChange({ ...values, name: event.currentTarget.value })}
        />
      )}
      {!fixed && (
        <TextInput
          label={t("description")}
          value={values.description}
          onChange={(event) => onChange({ ...values, description: event.currentTarget.value })}
        />
      )}
      {problem !== undefined && <Diagnostic problem={problem} compact />}
      <Group>
        {children}
        {KINDS[kind].some((field) => field.rare) && !more && (
          <Button variant="subtle" onClick={() => setMore(true)}>
            {t("source.more")}
          </Button>
        )}
      </Group>
    </form>
  );
}

/** What a new connection is called until somebody names it otherwise. */
function suggested(kind: KindName, options: Values, taken: ReadonlySet<string> = new Set()): string {
  const namesake = namesakeOf(kind, options).trim();
  return namesake === "" ? "" : nameFor(namesake, taken, [kind]);
}

interface FieldProps {
  field: Field;
  value: string;
  error?: string;
  onChange: (value: string) => void;
}

function FieldInput({ field, value, error, onChange }: FieldProps) {
  const t = data.useT();
  const shared = { label: t(`field.${field.name}`), required: field.needed, error, placeholder: field.example };
  const help = field.name === "path" ? t("field.path.help") : undefined;
  if (field.secret) {
    return (
      <PasswordInput
        {...shared}
        description={t("field.sealed")}
        autoComplete="off"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  if (field.type === "number") {
    return <NumberInput {...shared} hideControls value={value} onChange={(next) => onChange(String(next))} />;
  }
  if (field.type === "switch") {
    return (
      <Switch
        label={shared.label}
        checked={value === "yes"}
        onChange={(event) => onChange(event.currentTarget.checked ? "yes" : "")}
      />
    );
  }
  if (field.type === "tls") {
    const options = (["verified", "required", "off"] as const).map((one) => ({ value: one, label: t(`tls.${one}`) }));
    return (
      <Select
        {...shared}
        data={options}
        value={value || "verified"}
        allowDeselect={false}
        onChange={(next) => onChange(next ?? "")}
      />
    );
  }
  return (
    <TextInput {...shared} description={help} value={value} onChange={(event) => onChange(event.currentTarget.value)} />
  );
}
