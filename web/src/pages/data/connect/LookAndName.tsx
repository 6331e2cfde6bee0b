/** Fourth: a look at a sample, and a name for each dataset. Then they are registered. */
import { Button, Checkbox, Group, Select, TextInput } from "@mantine/core";
import { type UseQueryResult, useQueries, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem } from "../../../api/client";
import { act, useGet } from "../../../api/hooks";
import type { Glance } from "../../../api/types";
import { useMe } from "../../../core/session";
import { Async } from "../../../ui/Async";
import { Diagnostic } from "../../../ui/Diagnostic";
import { Section } from "../../../ui/Section";
import { GlanceView } from "../look/GlanceView";
import { lookAt } from "../look/look";
import { data } from "../texts";
import styles from "./connect.module.css";
import { EncodingChoice } from "./EncodingChoice";
import { bodyOf, isCsv, isStopped } from "./encodings";
import type { StageProps } from "./page";
import { type Entry, faultOf } from "./plan";

export function LookAndName({ plan, change }: StageProps) {
  const t = data.useT();
  const me = useMe();
  const [shown, setShown] = useState(0);
  const { entries } = plan;
  const taken = new Set((useGet("/datasets", { query: { limit: 1000 } }).data?.items ?? []).map((one) => one.name));
  const set = (place: number, part: Partial<Entry>): void =>
    change({ entries: entries.map((entry, other) => (other === place ? { ...entry, ...part } : entry)) });
  const present = shown < entries.length ? shown : 0;
  const entry = entries[present];
  const looks = useLooks(plan, present);
  const look = looks[present];
  const stopped = entries.filter((_, place) => looks[place]?.error && isStopped(asProblem(looks[place].error).code));
  const unnamed = entries.some((one) => faultOf(one, entries, taken));
  const choose =
    entries.length > 1 ? (
      <Select
        aria-label={t("look.which")}
        allowDeselect={false}
        value={String(present)}
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
              found={looks[place]?.data?.encoding ?? undefined}
              unknown={stopped.includes(one)}
              onChange={(part) => set(place, part)}
            />
          ))}
        </ol>
        <Register
          plan={plan}
          change={change}
          ready={!unnamed && stopped.length === 0}
          found={looks.map((one) => one.data?.encoding ?? undefined)}
        />
        {stopped.map((one) => (
          <p key={one.item} role="status" className={styles.stopped}>
            {t("register.stopped", { name: titleOf(one) })}
          </p>
        ))}
      </Section>
      {me.can("dataset.profile") && entry !== undefined && look !== undefined && (
        <Section title={t("look.title", { name: titleOf(entry) })} lead={t("look.lead")} actions={choose}>
          <Async query={look} height={320}>
            {(glance) => <GlanceView glance={glance} />}
          </Async>
        </Section>
      )}
    </>
  );
}

/** Of each entry what a look at it gave; only the one that is shown is looked at. */
function useLooks({ entries, connection = "" }: StageProps["plan"], shown: number): UseQueryResult<Glance>[] {
  const me = useMe();
  return useQueries({
    queries: entries.map((entry, place) => ({
      ...lookAt(connection, entry),
      enabled: place === shown && me.can("dataset.profile"),
    })),
  });
}

const titleOf = (entry: Entry): string => (entry.kind === "query" ? entry.name : entry.item);

interface RowProps {
  entry: Entry;
  fault?: ReturnType<typeof faultOf>;
  /** The encoding that the node found. */
  found?: string;
  /** It cannot be read as it is. */
  unknown: boolean;
  onChange: (part: Partial<Entry>) => void;
}

function EntryRow({ entry, fault, found, unknown, onChange }: RowProps) {
  const t = data.useT();
  return (
    <li className={styles.entry}>
      <div className={styles.file}>
        <code className={styles.item} title={entry.item}>
          {entry.item}
        </code>
        {(isCsv(entry) || found !== undefined) && (
          <EncodingChoice
            value={entry.encoding ?? found}
            own={entry.encoding !== undefined}
            unknown={unknown}
            onChange={(encoding) => onChange({ encoding })}
          />
        )}
      </div>
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
function Register({ plan, change, ready, found }: StageProps & { ready: boolean; found: (string | undefined)[] }) {
  const t = data.useT();
  const client = useQueryClient();
  const [faults, setFaults] = useState<{ name: string; problem: unknown }[]>([]);
  const [at, setAt] = useState<string>();
  const start = async (): Promise<void> => {
    const [done, left] = [[...plan.done], [] as Entry[]];
    setFaults([]);
    for (const [place, entry] of plan.entries.entries()) {
      setAt(entry.name);
      try {
        await register(plan.connection ?? "", { ...entry, encoding: entry.encoding ?? found[place] });
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

const register = (connection: string, entry: Entry): Promise<unknown> => {
  const { name, description, published } = entry;
  return act("post", "/datasets", { body: { name, connection, description, published, ...bodyOf(entry) } });
};
