/** The column that is predicted or grouped by, and of two words the one that counts as 1. */
import { Autocomplete, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { act } from "../../api/hooks";
import { useMe } from "../../core/session";
import type { ColumnOption } from "../../forms/context";
import { sides } from "../sides/texts";
import { type Label, labelsOf, likelyPositive, looksOf } from "./labels";
import type { Table, Template } from "./templates";

const ORDER: ("label" | "input" | "description" | "error")[] = ["label", "input", "description", "error"];

interface LabelChoiceProps {
  template: Template;
  table: Table;
  columns: readonly ColumnOption[];
  onChange: (table: Table) => void;
}

export function LabelChoice({ template, table, columns, onChange }: LabelChoiceProps) {
  const t = sides.useT();
  const needed = template.label === "needed";
  const labels = labelsOf(columns, table, template, useLooks(needed ? table.dataset : ""));
  const found = labels.find(({ name }) => name === table.label);
  const choose = (name: string | null): void => {
    const label = labels.find((each) => each.name === name);
    onChange({ ...table, label: label?.name, positive: label && likelyPositive(label) });
  };
  return (
    <>
      <Select
        label={needed ? t("ask.label") : t("ask.group")}
        inputWrapperOrder={ORDER}
        description={needed ? t("ask.label.help") : t("ask.group.help")}
        withAsterisk={needed}
        clearable={!needed}
        data={labels.map(({ name, fits }) => ({
          value: name,
          label: fits ? name : t("ask.label.values", { name }),
          disabled: !fits,
        }))}
        value={table.label ?? null}
        onChange={choose}
        comboboxProps={{ withinPortal: true }}
      />
      {found?.asks && (
        <Positive
          label={found}
          value={table.positive ?? ""}
          onChange={(positive) => onChange({ ...table, positive })}
        />
      )}
    </>
  );
}

function Positive({ label, value, onChange }: { label: Label; value: string; onChange: (value: string) => void }) {
  const t = sides.useT();
  return (
    <Autocomplete
      label={t("ask.positive", { label: label.name })}
      inputWrapperOrder={ORDER}
      description={t("ask.positive.help")}
      withAsterisk
      data={label.values}
      filter={({ options }) => options}
      value={value}
      onChange={onChange}
      comboboxProps={{ withinPortal: true }}
    />
  );
}

/** Nothing for those who may not see a profile: they type the value. */
function useLooks(dataset: string) {
  const me = useMe();
  const { data } = useQuery({
    queryKey: ["profile of label", dataset],
    queryFn: () => act("post", "/datasets/{name}/profile", { path: { name: dataset }, body: {} }),
    enabled: dataset !== "" && me.can("dataset.profile"),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    retry: false,
  });
  return looksOf(data);
}
