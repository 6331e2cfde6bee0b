/** Writes the next version of a policy. Nothing is in force before somebody activates it. */
import { Button, Group, Menu, TextInput } from "@mantine/core";
import { useState } from "react";
import { useAct } from "../../../api/hooks";
import type { TrialResult } from "../../../api/types";
import { useMe } from "../../../core/session";
import { core } from "../../../core/texts";
import { Diagnostic } from "../../../ui/Diagnostic";
import { Section } from "../../../ui/Section";
import { data } from "../texts";
import { ClauseForm } from "./ClauseForm";
import { bodyOf, type Clause, type Draft, EFFECTS, faultsOf, newClause } from "./document";
import styles from "./policy.module.css";
import { Trial } from "./Trial";

interface EditorProps {
  dataset: string;
  draft: Draft;
  onChange: (draft: Draft | undefined) => void;
}

export function Editor({ dataset, draft, onChange }: EditorProps) {
  const t = data.useT();
  const c = core.useT();
  const save = useAct("post", "/policies/{dataset}/versions", {
    invalidates: ["/policies", "/policies/{dataset}"],
    success: t("policy.saved"),
  });
  const path = { dataset };
  const sound = draft.clauses.every((one) => faultsOf(one, draft.clauses).length === 0);
  const set = (clauses: Clause[]): void => onChange({ ...draft, clauses });
  const replace = (place: number, clause: Clause): void =>
    set(draft.clauses.map((one, other) => (other === place ? clause : one)));
  const store = (): void => save.mutate({ path, body: bodyOf(draft) }, { onSuccess: () => onChange(undefined) });
  return (
    <Section
      title={t("policy.edit")}
      lead={draft.from === undefined ? t("policy.edit.new") : t("policy.edit.from", { version: draft.from })}
    >
      <div className={styles.stack}>
        <TextInput
          label={t("policy.note")}
          description={t("policy.note.help")}
          value={draft.note}
          maxLength={500}
          onChange={(event) => onChange({ ...draft, note: event.currentTarget.value })}
        />
        {draft.clauses.map((clause, place) => (
          <ClauseForm
            // biome-ignore lint/suspicious/noArrayIndexKey: the name of a clause is itself edited
            key={place}
            dataset={dataset}
            clause={clause}
            all={draft.clauses}
            onChange={(next) => replace(place, next)}
            onRemove={() => set(draft.clauses.filter((_, other) => other !== place))}
          />
        ))}
        <AddClause onAdd={(effect) => set([...draft.clauses, newClause(effect, draft.clauses)])} />
        {save.error && <Diagnostic problem={save.error} compact />}
        <Group>
          <Button disabled={!sound} loading={save.isPending} onClick={store}>
            {t("policy.save")}
          </Button>
          <TryDraft dataset={dataset} draft={draft} disabled={!sound} />
          <Button variant="subtle" onClick={() => onChange(undefined)}>
            {c("cancel")}
          </Button>
        </Group>
      </div>
    </Section>
  );
}

function AddClause({ onAdd }: { onAdd: (effect: Clause["effect"]) => void }) {
  const t = data.useT();
  return (
    <Menu position="bottom-start" width={340}>
      <Menu.Target>
        <Button variant="default" className={styles.add}>
          {t("clause.add")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {[...EFFECTS, "lift" as const].map((effect) => (
          <Menu.Item key={effect} onClick={() => onAdd(effect)}>
            <strong>{t(`effect.${effect}`)}</strong>
            <br />
            <span className={styles.soft}>{t(`effect.${effect}.help`)}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function TryDraft({ dataset, draft, disabled }: { dataset: string; draft: Draft; disabled: boolean }) {
  const t = data.useT();
  const me = useMe();
  const [result, setResult] = useState<TrialResult>();
  const trial = useAct("post", "/policies/{dataset}/trial");
  if (!me.can("policy.try")) return null;
  const start = (): void =>
    trial.mutate({ path: { dataset }, body: { policy: bodyOf(draft), jobs: 200 } }, { onSuccess: setResult });
  return (
    <>
      <Button variant="default" disabled={disabled} loading={trial.isPending} onClick={start}>
        {t("policy.try")}
      </Button>
      {trial.error && <Diagnostic problem={trial.error} compact />}
      {result !== undefined && <Trial result={result} onClose={() => setResult(undefined)} />}
    </>
  );
}
