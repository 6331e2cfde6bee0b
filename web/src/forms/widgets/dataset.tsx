/** A dataset of the party on a role; free text where its catalogue cannot be read. */
import { Autocomplete } from "@mantine/core";
import { useFormat } from "../../core/format";
import type { DatasetOption } from "../context";
import { useInput } from "../input";
import type { WidgetProps } from "../registry";
import styles from "../SpecForm.module.css";
import { forms } from "../texts";

export function DatasetField(props: WidgetProps) {
  const { field, value, onChange, context } = props;
  const t = forms.useT();
  const input = useInput(props);
  const party = context.partyOf(field.role ?? "");
  const found = party === undefined ? undefined : context.datasets(party);
  const name = typeof value === "string" ? value : "";
  const note = noteOn(party, found, name);
  return (
    <>
      <Autocomplete
        {...input}
        data={(found ?? []).map((option) => option.name)}
        value={name}
        placeholder={t("choose")}
        limit={200}
        renderOption={({ option }) => <Choice of={found?.find(({ name: known }) => known === option.value)} />}
        onChange={(text) => onChange(text === "" && field.nullable ? undefined : text)}
        comboboxProps={{ withinPortal: true }}
      />
      {note !== undefined && <p className={styles.help}>{t(note, { party: party ?? "" })}</p>}
    </>
  );
}

type Note = "dataset.no_party" | "dataset.away" | "dataset.missing" | undefined;

function noteOn(party: string | undefined, found: DatasetOption[] | undefined, name: string): Note {
  if (party === undefined) return "dataset.no_party";
  if (found === undefined) return "dataset.away";
  return name !== "" && !found.some((option) => option.name === name) ? "dataset.missing" : undefined;
}

function Choice({ of: dataset }: { of: DatasetOption | undefined }) {
  const t = forms.useT();
  const format = useFormat();
  if (dataset === undefined) return null;
  const { rows, columns } = dataset;
  const size = [
    rows === undefined || rows === null ? undefined : t("dataset.rows", { count: rows }),
    columns.length === 0 ? undefined : t("dataset.columns", { count: columns.length }),
  ];
  return (
    <span className={styles.option}>
      <span>{dataset.name}</span>
      <span>{format.list(size.filter((part) => part !== undefined))}</span>
    </span>
  );
}
