/** Columns that arrive at a step: one of them, or several in order. */
import { ActionIcon, Autocomplete, VisuallyHidden } from "@mantine/core";
import { useRef, useState } from "react";
import { IconArrowDown, IconArrowUp, IconX } from "../../core/icons";
import type { ColumnOption } from "../context";
import { type InputProps, useInput } from "../input";
import type { Json } from "../json";
import type { WidgetProps } from "../registry";
import styles from "../SpecForm.module.css";
import { forms } from "../texts";

export function ColumnField(props: WidgetProps) {
  const { field, value, onChange, context, beside } = props;
  // A column beside a role (as in a grouping) belongs to the party on that role.
  const role = field.role ?? (typeof beside.role === "string" ? beside.role : undefined);
  const input = useInput(props);
  const columns = role === undefined ? undefined : context.columns(role);
  return (
    <ColumnInput
      input={input}
      columns={columns}
      value={typeof value === "string" ? value : ""}
      onChange={(text) => onChange(text === "" && field.nullable ? undefined : text)}
    />
  );
}

interface ColumnInputProps {
  input: InputProps;
  columns: ColumnOption[] | undefined;
  value: string;
  onChange: (text: string) => void;
}

export function ColumnInput({ input, columns, value, onChange }: ColumnInputProps) {
  const t = forms.useT();
  return (
    <>
      <Autocomplete
        {...input}
        data={(columns ?? []).map((column) => column.name)}
        value={value}
        placeholder={input.withAsterisk ? t("choose") : t("empty")}
        limit={200}
        renderOption={({ option }) => <Choice of={columns?.find(({ name }) => name === option.value)} />}
        onChange={onChange}
        comboboxProps={{ withinPortal: true }}
      />
      {columns === undefined && <p className={styles.help}>{t("columns.unknown")}</p>}
    </>
  );
}

function Choice({ of: column }: { of: ColumnOption | undefined }) {
  if (column === undefined) return null;
  return (
    <span className={styles.option}>
      <span>{column.name}</span>
      <span>{column.type}</span>
    </span>
  );
}

export function ColumnsField(props: WidgetProps) {
  const { field, value, onChange, context } = props;
  const input = useInput(props);
  const columns = field.role === undefined ? undefined : context.columns(field.role);
  const chosen = namesIn(value);
  return (
    <ColumnList
      input={input}
      columns={columns}
      chosen={chosen}
      // An empty list that may be null, or has a minimum, is not said at all.
      onChange={(next) => onChange(next.length === 0 && (field.nullable || field.schema.minItems) ? undefined : next)}
    />
  );
}

export const namesIn = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.filter((name): name is string => typeof name === "string") : [];

interface ColumnListProps {
  input: InputProps;
  columns: ColumnOption[] | undefined;
  chosen: string[];
  onChange: (chosen: string[]) => void;
}

/** The chosen columns in order, and a field that adds one. */
export function ColumnList({ input, columns, chosen, onChange }: ColumnListProps) {
  const t = forms.useT();
  const [said, setSaid] = useState("");
  const left = (columns ?? []).filter((column) => !chosen.includes(column.name));
  const add = (name: string): void => {
    if (!chosen.includes(name)) onChange([...chosen, name]);
  };
  const move = (from: number, to: number): void => {
    const name = chosen[from] ?? "";
    onChange(chosen.toSpliced(from, 1).toSpliced(to, 0, name));
    setSaid(t("moved", { what: name, place: to + 1 }));
  };
  return (
    <div>
      <AddColumn input={input} columns={left} free={columns === undefined} onAdd={add} />
      {columns === undefined && <p className={styles.help}>{t("columns.unknown")}</p>}
      {chosen.length > 0 && (
        <ol className={styles.chosen} aria-label={t("columns.chosen", { name: input.label })}>
          {chosen.map((name, place) => (
            <Chosen
              key={name}
              name={name}
              type={typeOf(name, columns)}
              readOnly={input.readOnly}
              onUp={place > 0 ? () => move(place, place - 1) : undefined}
              onDown={place < chosen.length - 1 ? () => move(place, place + 1) : undefined}
              onRemove={() => onChange(chosen.filter((other) => other !== name))}
            />
          ))}
        </ol>
      )}
      <VisuallyHidden role="status">{said}</VisuallyHidden>
    </div>
  );
}

interface AddColumnProps {
  input: InputProps;
  /** Those that may still be added. */
  columns: ColumnOption[];
  /** Whether any name counts once the field is left, because none is known here. */
  free: boolean;
  onAdd: (name: string) => void;
}

/** A field that empties itself when a column was chosen, or a name typed and confirmed with Enter. */
export function AddColumn({ input, columns, free, onAdd }: AddColumnProps) {
  const t = forms.useT();
  const [text, setText] = useState("");
  const taken = useRef<string>(undefined);
  const add = (name: string): void => {
    setText("");
    if (name !== "") onAdd(name);
  };
  return (
    <Autocomplete
      {...input}
      data={columns.map((column) => column.name)}
      value={text}
      placeholder={input.readOnly ? undefined : t("add.placeholder")}
      limit={200}
      renderOption={({ option }) => <Choice of={columns.find(({ name }) => name === option.value)} />}
      onChange={(next) => {
        setText(taken.current === next ? "" : next);
        taken.current = undefined;
      }}
      onOptionSubmit={(name) => {
        taken.current = name; // Mantine writes the chosen option into the field afterwards
        add(name);
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && !event.nativeEvent.isComposing && !hasActiveOption(event.currentTarget)) {
          event.preventDefault();
          add(text.trim());
        }
      }}
      onBlur={() => {
        if (free || columns.some((column) => column.name === text.trim())) add(text.trim());
      }}
      comboboxProps={{ withinPortal: true }}
    />
  );
}

const hasActiveOption = (field: HTMLInputElement): boolean => !!field.getAttribute("aria-activedescendant");

/** "?" says that a name is not among the known columns. */
function typeOf(name: string, columns: ColumnOption[] | undefined): string | undefined {
  if (columns === undefined) return undefined;
  const column = columns.find((known) => known.name === name);
  return column === undefined ? "?" : column.type;
}

interface ChosenProps {
  name: string;
  type: string | undefined;
  readOnly: boolean;
  onUp?: () => void;
  onDown?: () => void;
  onRemove: () => void;
}

function Chosen({ name, type, readOnly, onUp, onDown, onRemove }: ChosenProps) {
  const t = forms.useT();
  const unknown = type === "?";
  return (
    <li>
      <span className={styles.name}>{name}</span>
      <span className={styles.type} data-unknown={unknown || undefined}>
        {unknown ? t("column.unknown") : type}
      </span>
      {!readOnly && (
        <>
          {(onUp !== undefined || onDown !== undefined) && (
            <>
              <Step name={t("up", { what: name })} onClick={onUp} icon={<IconArrowUp size={14} aria-hidden />} />
              <Step name={t("down", { what: name })} onClick={onDown} icon={<IconArrowDown size={14} aria-hidden />} />
            </>
          )}
          <Step name={t("remove", { what: name })} onClick={onRemove} icon={<IconX size={14} aria-hidden />} />
        </>
      )}
    </li>
  );
}

function Step({ name, onClick, icon }: { name: string; onClick?: () => void; icon: React.ReactNode }) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={24}
      aria-label={name}
      disabled={onClick === undefined}
      onClick={onClick}
    >
      {icon}
    </ActionIcon>
  );
}
