/** A new rule. Everything that is left open does not limit. */
import { Button, Group, MultiSelect, NumberInput, Select, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAct, usePages } from "../../api/hooks";
import { useMe } from "../../core/session";
import { core, useW } from "../../core/texts";
import { DateField } from "../../dates/DateField";
import { Diagnostic } from "../../ui/Diagnostic";
import { Dialog } from "../../ui/Dialog";
import styles from "./Rules.module.css";
import { EMPTY, type RuleDraft, ruleBody, tooWide } from "./rule";
import { approvals } from "./texts";

export function RuleForm({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = approvals.useT();
  return (
    <Dialog opened={opened} onClose={onClose} title={t("rule.add")} size="lg">
      <Form onClose={onClose} />
    </Dialog>
  );
}

function Form({ onClose }: { onClose: () => void }) {
  const t = approvals.useT();
  const shared = core.useT();
  const [draft, setDraft] = useState<RuleDraft>(EMPTY);
  const change = (part: Partial<RuleDraft>): void => setDraft((before) => ({ ...before, ...part }));
  const add = useAct("post", "/rules", { invalidates: ["/rules"], success: t("rule.added") });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    add.mutate({ body: ruleBody(draft) }, { onSuccess: onClose });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <p className={styles.hint}>{t("rule.hint")}</p>
      <TextInput
        label={t("rule.note")}
        description={t("rule.note_help")}
        value={draft.note}
        maxLength={500}
        data-autofocus
        onChange={(event) => change({ note: event.currentTarget.value })}
      />
      <Whom draft={draft} change={change} />
      <How draft={draft} change={change} />
      {add.error !== null && <Diagnostic problem={add.error} compact />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {shared("cancel")}
        </Button>
        <Button type="submit" loading={add.isPending} disabled={tooWide(draft)}>
          {t("rule.add")}
        </Button>
      </Group>
    </form>
  );
}

interface PartProps {
  draft: RuleDraft;
  change: (part: Partial<RuleDraft>) => void;
}

/** Whose jobs, on what, under which agreement. */
function Whom({ draft, change }: PartProps) {
  const t = approvals.useT();
  const w = useW();
  const me = useMe();
  const peers = usePages("/peers", undefined, { enabled: me.can("peer.read") }).items.map((peer) => peer.name);
  const datasets = usePages("/datasets").items.map((dataset) => dataset.name);
  const operators = usePages("/operators", { query: { limit: 500 } }).items;
  const agreements = usePages("/agreements").items.filter((each) => each.state === "ACTIVE");
  return (
    <>
      <div className={styles.pair}>
        <Many
          label={t("rule.initiators")}
          data={peers.map((name) => ({ value: name, label: name }))}
          value={draft.initiators}
          onChange={(initiators) => change({ initiators })}
        />
        <Many
          label={t("datasets")}
          data={datasets.map((name) => ({ value: name, label: name }))}
          value={draft.datasets}
          onChange={(names) => change({ datasets: names })}
        />
      </div>
      <Many
        label={t("operators")}
        data={operators.map((each) => ({ value: each.name, label: `${w(each.title)} (${each.name})` }))}
        value={draft.operators}
        onChange={(names) => change({ operators: names })}
      />
      <Many
        label={t("rule.agreements")}
        data={agreements.map((each) => ({ value: each.id, label: each.name }))}
        value={draft.agreements}
        onChange={(ids) => change({ agreements: ids })}
      />
    </>
  );
}

interface ManyProps {
  label: string;
  data: { value: string; label: string }[];
  value: string[];
  onChange: (value: string[]) => void;
}

function Many({ label, data, value, onChange }: ManyProps) {
  const t = approvals.useT();
  return (
    <MultiSelect
      label={label}
      data={data}
      value={value}
      onChange={onChange}
      placeholder={value.length === 0 ? t("any") : undefined}
      searchable
      clearable
      hidePickedOptions
    />
  );
}

const LEVELS = ["1", "2", "3"];

/** How sensitive, how much, how often, until when. */
function How({ draft, change }: PartProps) {
  const t = approvals.useT();
  const shared = core.useT();
  const count = (value: string | number): number | undefined => (value === "" ? undefined : Number(value));
  return (
    <div className={styles.pair}>
      <Select
        label={t("rule.max_level")}
        description={t("rule.level_help")}
        data={LEVELS.map((level) => ({ value: level, label: shared("level", { level }) }))}
        value={`${draft.maxLevel}`}
        allowDeselect={false}
        onChange={(level) => change({ maxLevel: Number(level ?? "3") })}
      />
      <NumberInput
        label={t("rule.max_rows")}
        min={0}
        value={draft.maxRows ?? ""}
        onChange={(value) => change({ maxRows: count(value) })}
      />
      <NumberInput
        label={t("rule.max_uses")}
        min={1}
        value={draft.maxUses ?? ""}
        onChange={(value) => change({ maxUses: count(value) })}
      />
      <NumberInput
        label={t("rule.jobs")}
        min={1}
        value={draft.rateJobs ?? ""}
        onChange={(value) => change({ rateJobs: count(value) })}
      />
      <NumberInput
        label={t("rule.days")}
        min={1}
        value={draft.rateDays}
        onChange={(value) => change({ rateDays: count(value) ?? 1 })}
      />
      <DateField label={t("rule.until")} value={draft.until} onChange={(day) => change({ until: day })} />
    </div>
  );
}
