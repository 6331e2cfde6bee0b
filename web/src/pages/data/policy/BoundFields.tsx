/** The bounds of a clause: figures that a use has to keep to. */
import { Fieldset, NumberInput, Select, TagsInput } from "@mantine/core";
import type { PolicyBounds } from "../../../api/types";
import { data } from "../texts";
import { BOUND_PARTS, type BoundPart, FIRST_BOUND } from "./document";
import { Parts } from "./Parts";
import styles from "./policy.module.css";

interface FieldsProps {
  bounds: PolicyBounds;
  onChange: (bounds: PolicyBounds) => void;
}

export function BoundFields({ bounds, onChange }: FieldsProps) {
  const t = data.useT();
  const drop = (part: BoundPart): void => {
    const { [part]: _gone, ...rest } = bounds;
    onChange(rest);
  };
  return (
    <Parts
      title={t("bounds")}
      add={t("bounds.add")}
      all={BOUND_PARTS}
      of={bounds}
      nameOf={(part) => t(`bound.${part}`)}
      onAdd={(part) => onChange({ ...bounds, [part]: FIRST_BOUND[part] })}
      onDrop={drop}
    >
      {(part) => <PartField part={part} bounds={bounds} onChange={onChange} />}
    </Parts>
  );
}

function PartField({ part, bounds, onChange }: FieldsProps & { part: BoundPart }) {
  const t = data.useT();
  switch (part) {
    case "dp":
      return <NoiseFields bounds={bounds} onChange={onChange} />;
    case "probing":
      return <ProbingFields bounds={bounds} onChange={onChange} />;
    case "rate":
      return <RateFields bounds={bounds} onChange={onChange} />;
    case "obligations":
      return (
        <TagsInput
          className={styles.wide}
          label={t("bound.obligations")}
          description={t("bound.obligations.help")}
          value={bounds.obligations ?? []}
          onChange={(obligations) => onChange({ ...bounds, obligations })}
        />
      );
    default:
      return (
        <Figure
          label={t(`bound.${part}`)}
          help={t(`bound.${part}.help`)}
          value={bounds[part]}
          onChange={(value) => onChange({ ...bounds, [part]: value })}
        />
      );
  }
}

interface FigureProps {
  label: string;
  help?: string;
  value: number | null | undefined;
  onChange: (value: number | undefined) => void;
}

function Figure({ label, help, value, onChange }: FigureProps) {
  return (
    <NumberInput
      label={label}
      description={help}
      min={0}
      value={value ?? ""}
      onChange={(next) => onChange(next === "" ? undefined : Number(next))}
    />
  );
}

function NoiseFields({ bounds, onChange }: FieldsProps) {
  const t = data.useT();
  const dp = bounds.dp ?? FIRST_BOUND.dp;
  const set = (part: object): void => onChange({ ...bounds, dp: { ...dp, ...part } });
  return (
    <Fieldset legend={t("bound.dp")} className={styles.wide}>
      <p className={styles.soft}>{t("bound.dp.help")}</p>
      <div className={styles.figures}>
        <Figure label={t("bound.dp.epsilon")} value={dp.epsilon} onChange={(epsilon) => set({ epsilon })} />
        <Figure label={t("bound.dp.total")} value={dp.total} onChange={(total) => set({ total })} />
        <Select
          label={t("bound.dp.accountant")}
          allowDeselect={false}
          value={dp.accountant ?? "pure"}
          data={(["pure", "zcdp"] as const).map((one) => ({ value: one, label: t(`accountant.${one}`) }))}
          onChange={(accountant) => set({ accountant })}
        />
      </div>
    </Fieldset>
  );
}

function ProbingFields({ bounds, onChange }: FieldsProps) {
  const t = data.useT();
  const probing = bounds.probing ?? FIRST_BOUND.probing;
  const set = (part: object): void => onChange({ ...bounds, probing: { ...probing, ...part } });
  return (
    <Fieldset legend={t("bound.probing")} className={styles.wide}>
      <p className={styles.soft}>{t("bound.probing.help")}</p>
      <div className={styles.figures}>
        <Figure label={t("bound.probing.runs")} value={probing.runs} onChange={(runs) => set({ runs })} />
        <Figure label={t("bound.probing.days")} value={probing.days ?? 30} onChange={(days) => set({ days })} />
      </div>
    </Fieldset>
  );
}

function RateFields({ bounds, onChange }: FieldsProps) {
  const t = data.useT();
  const rate = bounds.rate ?? {};
  const set = (part: object): void => onChange({ ...bounds, rate: { ...rate, ...part } });
  return (
    <Fieldset legend={t("bound.rate")} className={styles.wide}>
      <div className={styles.figures}>
        <Figure label={t("bound.rate.jobs_label")} value={rate.jobs} onChange={(jobs) => set({ jobs })} />
        <Figure label={t("bound.rate.rows_label")} value={rate.rows} onChange={(rows) => set({ rows })} />
        <Figure label={t("bound.rate.hours")} value={rate.hours ?? 24} onChange={(hours) => set({ hours })} />
      </div>
    </Fieldset>
  );
}
