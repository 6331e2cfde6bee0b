/** One rule or exception as a form. */
import { Button, Select, TextInput } from "@mantine/core";
import { data } from "../texts";
import { BoundFields } from "./BoundFields";
import { type Clause, EFFECTS, type Effect, faultsOf } from "./document";
import styles from "./policy.module.css";
import { ScopeFields } from "./ScopeFields";

interface ClauseFormProps {
  dataset: string;
  clause: Clause;
  all: Clause[];
  onChange: (clause: Clause) => void;
  onRemove: () => void;
}

export function ClauseForm({ dataset, clause, all, onChange, onRemove }: ClauseFormProps) {
  const t = data.useT();
  const faults = faultsOf(clause, all);
  const set = (part: Partial<Clause>): void => onChange({ ...clause, ...part });
  const nameFault = faults.find((fault) => fault === "id" || fault === "twice");
  const others = faults.filter((fault) => fault !== "id" && fault !== "twice");
  return (
    <fieldset className={styles.form} aria-label={t("clause.of", { id: clause.id })}>
      <div className={styles.line}>
        {clause.effect === "lift" ? (
          <p className={styles.lift}>
            <strong>{t("effect.lift")}</strong> <span className={styles.soft}>{t("effect.lift.help")}</span>
          </p>
        ) : (
          <Select
            label={t("effect")}
            allowDeselect={false}
            value={clause.effect}
            description={t(`effect.${clause.effect}.help`)}
            data={EFFECTS.map((one) => ({ value: one, label: t(`effect.${one}`) }))}
            onChange={(effect) => set({ effect: effect as Effect })}
            className={styles.effect}
          />
        )}
        <TextInput
          label={t("clause.id")}
          value={clause.id}
          error={nameFault && t(nameFault === "id" ? "clause.id_fault" : "clause.twice")}
          onChange={(event) => set({ id: event.currentTarget.value })}
        />
        <TextInput
          label={t("clause.note")}
          value={clause.note}
          maxLength={500}
          className={styles.wide}
          onChange={(event) => set({ note: event.currentTarget.value })}
        />
      </div>
      <div className={styles.halves}>
        <ScopeFields dataset={dataset} scope={clause.scope} onChange={(scope) => set({ scope })} />
        {clause.effect !== "deny" && <BoundFields bounds={clause.bounds} onChange={(bounds) => set({ bounds })} />}
      </div>
      {others.map((fault) => (
        <p key={fault} className={styles.fault} role="alert">
          {t(`clause.${fault}`)}
        </p>
      ))}
      <Button variant="subtle" color="gray" c="var(--tone-bad)" size="compact-sm" onClick={onRemove}>
        {t("clause.remove", { id: clause.id })}
      </Button>
    </fieldset>
  );
}
