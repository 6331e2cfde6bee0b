/** Class and level of each column: what a scan suggests, what people have confirmed, and changing it. */
import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { useAct, useGet } from "../../../api/hooks";
import type { ColumnLabel, DatasetLabels } from "../../../api/types";
import { useMe } from "../../../core/session";
import { Async } from "../../../ui/Async";
import { LEVELS, Level, useLevelMeaning } from "../../../ui/Badge";
import { DataTable } from "../../../ui/DataTable";
import { Diagnostic } from "../../../ui/Diagnostic";
import { Card } from "../../../ui/Section";
import { data } from "../texts";
import { useLabelColumns } from "./columns";
import { LabelForm } from "./LabelForm";
import styles from "./labels.module.css";
import { ScanBar } from "./ScanBar";
import { useScan } from "./scan";

export function Labels({ name }: { name: string }) {
  const query = useGet("/datasets/{name}/labels", { path: { name }, query: { limit: 1000 } });
  const scan = useScan(name);
  const isScanned = !scan.running && scan.findings?.scan.state === "done";
  return (
    <>
      <ScanBar scan={scan} />
      <Async query={query} height={280}>
        {(labels) => <Table name={name} labels={labels} isScanned={isScanned} />}
      </Async>
    </>
  );
}

function Table({ name, labels, isScanned }: { name: string; labels: DatasetLabels; isScanned: boolean }) {
  const t = data.useT();
  const me = useMe();
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const [changing, setChanging] = useState<string[]>();
  const may = me.can("label.confirm");
  const columns = useLabelColumns(name, isScanned, (column) => setChanging([column]));
  const chosen = labels.items.filter((one) => keys.has(one.column)).map((one) => one.column);
  return (
    <div className={styles.stack}>
      {isScanned && <NothingFound items={labels.items} />}
      <Group gap="md">
        <span>
          {t("labels.highest")} <Level level={labels.level} />
        </span>
        {may && <ConfirmSuggested name={name} items={labels.items} chosen={chosen} />}
        {may && chosen.length > 0 && (
          <Button variant="default" size="compact-md" onClick={() => setChanging(chosen)}>
            {t("labels.change_chosen", { count: chosen.length })}
          </Button>
        )}
      </Group>
      <Meanings />
      <DataTable
        caption={t("labels.table", { name })}
        columns={columns}
        rows={labels.items}
        rowKey={(one) => one.column}
        selection={may ? { keys, onChange: setKeys } : undefined}
        filter={labels.items.length > 12}
      />
      {changing !== undefined && (
        <LabelForm
          name={name}
          labels={labels.items.filter((one) => changing.includes(one.column))}
          onClose={() => setChanging(undefined)}
        />
      )}
    </div>
  );
}

/** Where a scan recognised nothing at all: what holds for the columns then. */
function NothingFound({ items }: { items: ColumnLabel[] }) {
  const t = data.useT();
  const meaning = useLevelMeaning();
  const [first] = items;
  if (first === undefined || items.some((one) => one.source !== "none" || one.level !== first.level)) return null;
  return <Card tone="info">{t("labels.nothing_at_all", { level: first.level, means: meaning(first.level) })}</Card>;
}

function Meanings() {
  const t = data.useT();
  const meaning = useLevelMeaning();
  return (
    <details className={styles.soft}>
      <summary>{t("labels.meanings")}</summary>
      <ul className={styles.meanings}>
        {LEVELS.map((level) => (
          <li key={level}>
            <Level level={level} /> {meaning(level)}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Takes over what the scan suggests: of the chosen columns, or of all. */
function ConfirmSuggested({ name, items, chosen }: { name: string; items: ColumnLabel[]; chosen: string[] }) {
  const t = data.useT();
  const open = items
    .filter((one) => one.suggested !== null && (!one.confirmed || one.warning))
    .map((one) => one.column);
  const columns = chosen.length > 0 ? open.filter((column) => chosen.includes(column)) : open;
  const act = useAct("post", "/datasets/{name}/labels/confirm", {
    invalidates: ["/datasets/{name}/labels", "/datasets/{name}/labels/history"],
    success: t("labels.confirmed"),
  });
  if (columns.length === 0) return null;
  return (
    <>
      <Button
        size="compact-md"
        loading={act.isPending}
        onClick={() => act.mutate({ path: { name }, body: { columns } })}
      >
        {t("labels.confirm", { count: columns.length })}
      </Button>
      {act.error && <Diagnostic problem={act.error} compact />}
    </>
  );
}
