/** Third: which tables or files? Several at once become several datasets. */
import { Button, Group, SegmentedControl, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useGet, usePages } from "../../../api/hooks";
import type { ConnectionItem } from "../../../api/types";
import { useFormat } from "../../../core/format";
import { Async, Empty } from "../../../ui/Async";
import { type Col, DataTable } from "../../../ui/DataTable";
import { Section } from "../../../ui/Section";
import { useKept } from "../kept";
import { data } from "../texts";
import { isDatabase } from "./kinds";
import type { StageProps } from "./page";
import { type Entry, entriesFor, type ItemKind, likelyItems } from "./plan";

export function Choose(props: StageProps) {
  const t = data.useT();
  const [how, setHow] = useKept<"items" | "query" | "name">("connect how");
  const database = isDatabase(props.plan.kind ?? "");
  const ways = database ? (["items", "query"] as const) : (["items", "name"] as const);
  const way = ways.find((one) => one === how) ?? "items";
  return (
    <Section title={t("choose.title")} lead={t(database ? "choose.tables" : "choose.files")}>
      <SegmentedControl
        mb="md"
        aria-label={t("choose.how")}
        value={way}
        onChange={(value) => setHow(value as typeof way)}
        data={ways.map((one) => ({ value: one, label: t(`choose.${one}`) }))}
      />
      {way === "items" ? <Items {...props} database={database} /> : <Typed {...props} kind={way} />}
    </Section>
  );
}

/** Goes on with the chosen items. */
function useOnward({ plan, change }: StageProps): (chosen: Pick<Entry, "kind" | "item" | "format">[]) => void {
  const known = useGet("/datasets", { query: { limit: 1000 } }).data?.items ?? [];
  return (chosen) => {
    const taken = known.map((one) => one.name);
    change({ entries: entriesFor(chosen, plan.entries, taken, plan.connection), stage: "look" });
  };
}

function Items({ database, ...props }: StageProps & { database: boolean }) {
  const t = data.useT();
  const kind: ItemKind = database ? "table" : "object";
  const before = props.plan.entries.filter((entry) => entry.kind === kind).map((entry) => entry.item);
  const [picked, setPicked] = useState<ReadonlySet<string>>();
  const { items, more, query } = usePages("/connections/{name}/items", {
    path: { name: props.plan.connection ?? "" },
    query: { limit: 500 },
  });
  const onward = useOnward(props);
  const names = items.map(({ name }) => name);
  const keys = picked ?? new Set(likelyItems(names, before, props.plan.file));
  const columns = useItemColumns(database);
  const chosen = items
    .filter((one) => keys.has(one.name))
    .map(({ name, format }) => ({ kind, item: name, format: format ?? undefined }));
  return (
    <Async query={query} height={280} emptyView={<Empty title={t("choose.none")} text={t("choose.none.text")} />}>
      {() => (
        <>
          <DataTable
            caption={t("choose.title")}
            columns={columns}
            rows={items}
            rowKey={(one) => one.name}
            selection={{ keys, onChange: setPicked }}
            onMore={more}
            filter
          />
          <Group mt="md">
            <Button disabled={chosen.length === 0} onClick={() => onward(chosen)}>
              {chosen.length === 0 ? t("choose.first") : t("choose.next", { count: chosen.length })}
            </Button>
          </Group>
        </>
      )}
    </Async>
  );
}

function useItemColumns(database: boolean): Col<ConnectionItem>[] {
  const t = data.useT();
  const format = useFormat();
  const kindOf = ({ format: as, kind }: ConnectionItem): string =>
    as ?? (kind === "table" || kind === "view" ? t(`item.${kind}`) : kind);
  const size: Col<ConnectionItem> = database
    ? {
        key: "rows",
        title: t("rows.estimated"),
        align: "right",
        cell: (one) => format.number(one.rows_estimated, 0),
        sort: (one) => one.rows_estimated,
      }
    : {
        key: "size",
        title: t("size"),
        align: "right",
        cell: (one) => format.bytes(one.size_bytes),
        sort: (one) => one.size_bytes,
      };
  return [
    { key: "name", title: t("name"), cell: (one) => one.name, sort: (one) => one.name },
    { key: "kind", title: t("kind"), cell: kindOf, sort: kindOf },
    size,
  ];
}

/** A statement for a database, or the name of a file or of a folder with many files of one shape. */
function Typed({ kind, ...props }: StageProps & { kind: "query" | "name" }) {
  const t = data.useT();
  const [text = "", setText] = useKept<string>(`connect typed ${kind}`);
  const onward = useOnward(props);
  const item = text.trim();
  const as: ItemKind = kind === "query" ? "query" : "object";
  const shared = {
    label: t(`choose.${kind}.label`),
    description: t(`choose.${kind}.help`),
    value: text,
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (item !== "") onward([{ kind: as, item }]);
      }}
    >
      {kind === "query" ? (
        <Textarea {...shared} autosize minRows={4} onChange={(event) => setText(event.currentTarget.value)} />
      ) : (
        <TextInput {...shared} onChange={(event) => setText(event.currentTarget.value)} />
      )}
      <Button type="submit" mt="md" disabled={item === ""}>
        {t("next")}
      </Button>
    </form>
  );
}
