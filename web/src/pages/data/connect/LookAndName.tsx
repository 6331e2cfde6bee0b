/** Fourth: a look at a sample, and a name for each dataset. Then they are registered. */
import { Button, Checkbox, Group, Select, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem } from "../../../api/client";
import { act, useGet } from "../../../api/hooks";
import { useMe } from "../../../core/session";
import { Diagnostic } from "../../../ui/Diagnostic";
import { Section } from "../../../ui/Section";
import { ItemLook } from "../look/ItemLook";
import { data } from "../texts";
import styles from "./connect.module.css";
import type { StageProps } from "./page";
import { type Entry, faultOf } from "./plan";

export function LookAndName({ plan, change }: StageProps) {
  const t = data.useT();
  const me = useMe();
  const [shown, setShown] = useState(0);
  const { entries, connection = "" } = plan;
  const taken = new Set((useGet("/datasets", { query: { limit: 1000 } }).data?.items ?? []).map((one) => one.name));
  const set = (place: number, part: Partial<Entry>): void =>
    change({ entries: entries.map((entry, other) => (other === place ? { ...entry, ...part } : entry)) });
  const entry = entries[shown] ?? entries[0];
  const choose =
    entries.length > 1 ? (
      <Select
        aria-label={t("look.which")}
        allowDeselect={false}
        value={String(shown)}
        data={entries.map((one, place) => ({ value: String(place), label: titleOf(one) }))}
        onChange={(value) => setShown(Number(value))}
      />
    ) : undefined;
  return (
    <>
      <Section title={t("name.title")} lead={t("name.lead")}>
        <ol className={styles.entries}>
          {entries.map((one, place) => (
            <EntryRow
              key={`${one.kind} ${one.item}`}
              entry={one}
              fault={faultOf(one, entries, taken)}
              onChange={(part) => set(place, part)}
            />
          ))}
        </ol>
        <Register plan={plan} change={change} ready={entries.every((one) => !faultOf(one, entries, taken))} />
      </Section>
      {me.can("dataset.profile") && entry !== undefined && (
        <Section title={t("look.title", { name: titleOf(entry) })} lead={t("look.lead")} actions={choose}>
          <ItemLook key={`${entry.kind} ${entry.item}`} connection={connection} item={entry} />
        </Section>
      )}
    </>
  );
}

const titleOf = (entry: Entry): string => (entry.kind === "query" ? entry.name : entry.item);

interface RowProps {
  entry: Entry;
  fault?: ReturnType<typeof faultOf>;
  onChange: (part: Partial<Entry>) => void;
}

function EntryRow({ entry, fault, onChange }: RowProps) {
  const t = data.useT();
  return (
    <li className={styles.entry}>
      <code className={styles.item} title={entry.item}>
        {entry.item}
      </code>
      <TextInput
        label={t("dataset.name")}
        value={entry.name}
        required
        error={fault && t(`name.${fault}`)}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <TextInput
        label={t("description")}
        value={entry.description}
        onChange={(event) => onChange({ description: event.currentTarget.value })}
      />
      <Checkbox
        label={t("published.label")}
        checked={entry.published}
        onChange={(event) => onChange({ published: event.currentTarget.checked })}
      />
    </li>
  );
}

/** Registers one after the other; what went well stays, what did not stays in the form with its reason. */
function Register({ plan, change, ready }: StageProps & { ready: boolean }) {
  const t = data.useT();
  const client = useQueryClient();
  const [faults, setFaults] = useState<{ name: string; problem: unknown }[]>([]);
  const [at, setAt] = useState<string>();
  const start = async (): Promise<void> => {
    const [done, left] = [[...plan.done], [] as Entry[]];
    setFaults([]);
    for (const entry of plan.entries) {
      setAt(entry.name);
      try {
        await register(plan.connection ?? "", entry);
        done.push(entry.name);
      } catch (thrown) {
        left.push(entry);
        setFaults((before) => [...before, { name: entry.name, problem: asProblem(thrown) }]);
      }
    }
    setAt(undefined);
    await client.invalidateQueries({ queryKey: ["/datasets"] });
    change({ done, entries: left.length > 0 ? left : plan.entries, stage: left.length > 0 ? "look" : "classify" });
  };
  return (
    <>
      {faults.map(({ name, problem }) => (
        <div key={name}>
          <strong>{name}</strong>
          <Diagnostic problem={problem} compact />
        </div>
      ))}
      <Group mt="md">
        <Button disabled={!ready} loading={at !== undefined} onClick={() => void start()}>
          {t("register", { count: plan.entries.length })}
        </Button>
        {at !== undefined && <span role="status">{t("register.at", { name: at })}</span>}
        {faults.length > 0 && plan.done.length > 0 && (
          <Button variant="default" onClick={() => change({ stage: "classify" })}>
            {t("register.without")}
          </Button>
        )}
      </Group>
    </>
  );
}

const register = (connection: string, { kind, item, format, name, description, published }: Entry): Promise<unknown> =>
  act("post", "/datasets", {
    body: {
      name,
      connection,
      description,
      published,
      [kind]: item,
      ...(kind === "object" && format ? { format } : {}),
    },
  });
