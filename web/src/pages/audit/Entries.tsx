/** Searching the trail. Only the rows in view are in the page: a trail may have a hundred thousand. */
import { Button, Select, TextInput } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useMemo, useRef, useState } from "react";
import { Actor } from "../../actors/Actor";
import { actorOf } from "../../actors/actor";
import type { AuditEntry } from "../../api/types";
import type { ChainBreak } from "../../core/crypto";
import { useFormat } from "../../core/format";
import { IconSearch } from "../../core/icons";
import { core } from "../../core/texts";
import { DateField } from "../../dates/DateField";
import { Empty } from "../../ui/Async";
import { Section } from "../../ui/Section";
import styles from "./Audit.module.css";
import { Details } from "./Details";
import { Subject, useSubjects } from "./Subject";
import { audit } from "./texts";
import { areaOf, type Filter, frequent, matching, NO_FILTER } from "./trail";
import { useActWords, useAreaWords } from "./words";

const ROW = 44;

interface EntriesProps {
  /** Oldest first. */
  entries: readonly AuditEntry[];
  broken?: ChainBreak;
  /** What they were chosen by before they came here. */
  chosen?: ReactNode;
  /** There are older ones. */
  more?: () => void;
}

export function Entries({ entries, broken, chosen, more }: EntriesProps) {
  const t = audit.useT();
  const shared = core.useT();
  const words = useActWords();
  const [named, known] = useSubjects();
  const [filter, setFilter] = useState(NO_FILTER);
  const [open, setOpen] = useState<AuditEntry>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: words change with the language alone, names as they come
  const shown = useMemo(
    () => matching(entries, filter, words, (subject) => named(subject).called),
    [entries, filter, known],
  );
  return (
    <Section title={t("entries")} lead={chosen} flush>
      <Filters entries={entries} filter={filter} onChange={setFilter} />
      <p className={styles.count} role="status">
        {t(more === undefined ? "found" : "found.more", { count: shown.length })}
      </p>
      {shown.length === 0 ? (
        <Empty title={t("none")} text={t("none.text")} />
      ) : (
        <Rows entries={shown} broken={broken} onOpen={setOpen} />
      )}
      {more !== undefined && (
        <div className={styles.foot}>
          <Button variant="default" onClick={more}>
            {shared("more")}
          </Button>
        </div>
      )}
      <Details entry={open} onClose={() => setOpen(undefined)} />
    </Section>
  );
}

interface FiltersProps {
  entries: readonly AuditEntry[];
  filter: Filter;
  onChange: (filter: Filter) => void;
}

function Filters({ entries, filter, onChange }: FiltersProps) {
  const t = audit.useT();
  const area = useAreaWords();
  const areas = useMemo(() => frequent(entries.map((entry) => areaOf(entry.act))), [entries]);
  const actors = useMemo(() => frequent(entries.map((entry) => entry.actor)), [entries]);
  const change = (part: Partial<Filter>): void => onChange({ ...filter, ...part });
  return (
    <search className={styles.filters}>
      <TextInput
        className={styles.search}
        label={t("search")}
        placeholder={t("search.hint")}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={filter.text}
        onChange={(event) => change({ text: event.currentTarget.value })}
      />
      <Select
        label={t("area")}
        placeholder={t("everything")}
        data={areas.map((value) => ({ value, label: area(value) }))}
        value={filter.area || null}
        onChange={(value) => change({ area: value ?? "" })}
        clearable
        searchable
      />
      <Select
        label={t("actor")}
        placeholder={t("everybody")}
        data={actors.map((value) => ({ value, label: actorOf(value).name || value }))}
        value={filter.actor || null}
        onChange={(value) => change({ actor: value ?? "" })}
        clearable
        searchable
      />
      <DateField label={t("from")} value={filter.from} onChange={(from) => change({ from })} />
      <DateField label={t("to")} value={filter.to} onChange={(to) => change({ to })} />
    </search>
  );
}

interface RowsProps {
  entries: readonly AuditEntry[];
  broken?: ChainBreak;
  onOpen: (entry: AuditEntry) => void;
}

function Rows({ entries, broken, onOpen }: RowsProps) {
  const t = audit.useT();
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: entries.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const shown = rows.getVirtualItems();
  const above = shown[0]?.start ?? 0;
  const below = rows.getTotalSize() - (shown.at(-1)?.end ?? 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section ref={box} className={styles.box} aria-label={t("entries")} tabIndex={0}>
      <table className={styles.table} aria-rowcount={entries.length + 1}>
        <caption className={styles.hidden}>{t("entries")}</caption>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">{t("number")}</th>
            <th scope="col">{t("time")}</th>
            <th scope="col">{t("act")}</th>
            <th scope="col">{t("actor")}</th>
            <th scope="col">{t("subject")}</th>
          </tr>
        </thead>
        <tbody>
          <Space height={above} />
          {shown.map((item) => {
            const entry = entries[item.index];
            if (entry === undefined) return null;
            const bad = broken !== undefined && entry.number >= broken.number;
            return (
              <Row key={entry.number} entry={entry} place={item.index + 2} bad={bad} onOpen={() => onOpen(entry)} />
            );
          })}
          <Space height={below} />
        </tbody>
      </table>
    </section>
  );
}

/** Stands for the rows that are not in view. */
function Space({ height }: { height: number }) {
  return height <= 0 ? null : (
    <tr aria-hidden>
      <td colSpan={5} className={styles.space} style={{ height }} />
    </tr>
  );
}

interface RowProps {
  entry: AuditEntry;
  place: number;
  bad: boolean;
  onOpen: () => void;
}

function Row({ entry, place, bad, onOpen }: RowProps) {
  const format = useFormat();
  const words = useActWords();
  return (
    <tr aria-rowindex={place} className={styles.row} data-bad={bad || undefined}>
      <td>{entry.number}</td>
      <td title={format.utc(entry.at)}>
        {format.date(entry.at)} {format.clock(entry.at)}
      </td>
      <td>
        <button type="button" className={styles.act} onClick={onOpen}>
          {words(entry.act)}
        </button>
      </td>
      <td>
        <Actor of={entry.actor} />
      </td>
      <td className={styles.subject}>
        <Subject of={entry.subject} />
      </td>
    </tr>
  );
}
