/** The conditions of a clause: only those that it has are shown, others can be added. */

import { MultiSelect, TagsInput } from "@mantine/core";
import { useAgreementNames } from "../../../api/agreement_names";
import type { PolicyScope } from "../../../api/types";
import { DateField } from "../../../dates/DateField";
import { dayOf, endOf, startOf } from "../../../dates/days";
import { data } from "../texts";
import { AFTER, SCOPE_PARTS, type ScopePart, USES } from "./document";
import { useColumnPatterns, useOperatorChoices, usePartyNames } from "./known";
import { Parts } from "./Parts";
import styles from "./policy.module.css";

interface FieldsProps {
  dataset: string;
  scope: PolicyScope;
  onChange: (scope: PolicyScope) => void;
}

export function ScopeFields({ dataset, scope, onChange }: FieldsProps) {
  const t = data.useT();
  const set = (part: ScopePart, value: unknown): void => onChange({ ...scope, [part]: value });
  const drop = (part: ScopePart): void => {
    const { [part]: _gone, ...rest } = scope;
    onChange(rest);
  };
  const first = (part: ScopePart): unknown => (part.startsWith("valid_") ? Date.now() : []);
  return (
    <Parts
      title={t("scope")}
      add={t("scope.add")}
      all={SCOPE_PARTS}
      of={scope}
      nameOf={(part) => t(`scope.${part}`)}
      none={t("scope.all")}
      onAdd={(part) => set(part, first(part))}
      onDrop={drop}
    >
      {(part) => <PartField part={part} dataset={dataset} scope={scope} onChange={(value) => set(part, value)} />}
    </Parts>
  );
}

interface PartProps {
  part: ScopePart;
  dataset: string;
  scope: PolicyScope;
  onChange: (value: unknown) => void;
}

function PartField({ part, dataset, scope, onChange }: PartProps) {
  const t = data.useT();
  if (part === "valid_from" || part === "valid_until") {
    return (
      <DayField
        label={t(`scope.${part}`)}
        at={scope[part]}
        edge={part === "valid_from" ? startOf : endOf}
        onChange={onChange}
      />
    );
  }
  const value = (scope[part] ?? []) as string[];
  const shared = { label: t(`scope.${part}`), value, onChange, className: styles.wide };
  switch (part) {
    case "uses":
      return <MultiSelect {...shared} data={USES.map((one) => ({ value: one, label: t(`use.${one}`) }))} />;
    case "after":
      return <MultiSelect {...shared} data={AFTER.map((one) => ({ value: one, label: t(`after.${one}`) }))} />;
    case "profiles":
      return <MultiSelect {...shared} data={["2pc", "2pc-dealer"]} />;
    case "columns":
      return <ColumnsField {...shared} dataset={dataset} />;
    case "operators":
      return <OperatorsField {...shared} />;
    case "agreements":
      return <AgreementsField {...shared} />;
    case "receivers":
    case "initiators":
      return <PartiesField {...shared} />;
    default:
      return (
        <TagsInput {...shared} data={part === "functions" ? FUNCTIONS : []} description={t(`scope.${part}.help`)} />
      );
  }
}

const FUNCTIONS = ["rows", "count", "threshold", "kept_table", "sum", "mean", "variance", "loss"];

interface ListProps {
  label: string;
  value: string[];
  onChange: (value: string[]) => void;
  className?: string;
}

function ColumnsField({ dataset, ...props }: ListProps & { dataset: string }) {
  const t = data.useT();
  return <TagsInput {...props} data={useColumnPatterns(dataset)} description={t("scope.columns.help")} />;
}

const PartiesField = (props: ListProps) => <TagsInput {...props} data={usePartyNames()} />;

function OperatorsField(props: ListProps) {
  const known = useOperatorChoices();
  const unknown = props.value.filter((name) => !known.some((one) => one.value === name));
  const all = [...known, ...unknown.map((name) => ({ value: name, label: name }))];
  return <MultiSelect {...props} searchable data={all} />;
}

function AgreementsField(props: ListProps) {
  const names = useAgreementNames();
  const ids = [...new Set([...names.keys(), ...props.value])];
  return <MultiSelect {...props} searchable data={ids.map((id) => ({ value: id, label: names.get(id) ?? id }))} />;
}

interface DayProps {
  label: string;
  at: number | null | undefined;
  /** Which moment of the day is meant. */
  edge: (day: string) => string | null;
  onChange: (at: number) => void;
}

function DayField({ label, at, edge, onChange }: DayProps) {
  const set = (day: string): void => {
    const moment = edge(day);
    if (moment !== null) onChange(Date.parse(moment));
  };
  return <DateField label={label} value={dayOf(at)} onChange={(day) => set(day)} />;
}
