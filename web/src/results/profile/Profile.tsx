/** A table at a glance: one line per column, each of which opens large. */
import { Button } from "@mantine/core";
import { useContext, useMemo, useState } from "react";
import { Chart } from "../../charts/Chart";
import { OnPaper } from "../../charts/paper";
import { Sparkline } from "../../charts/Sparkline";
import { type Format, useFormat } from "../../core/format";
import { core } from "../../core/texts";
import { Badge } from "../../ui/Badge";
import { type Col, DataTable } from "../../ui/DataTable";
import { Dialog } from "../../ui/Dialog";
import { KeyValue } from "../../ui/KeyValue";
import type { ProfileColumn, ProfileReport } from "../documents";
import parts from "../parts.module.css";
import { Tiles } from "../Tiles";
import { results } from "../texts";
import type { ViewerProps } from "../viewer";
import { histogramChart, histogramTable } from "./chart";
import styles from "./Profile.module.css";

export default function Profile({ document }: ViewerProps<ProfileReport>) {
  const t = results.useT();
  const format = useFormat();
  const [open, setOpen] = useState<ProfileColumn>();
  const cells = document.columns.reduce((sum, column) => sum + column.rows, 0);
  const nulls = document.columns.reduce((sum, column) => sum + column.nulls, 0);
  return (
    <div className={parts.stack}>
      <Tiles
        tiles={[
          { label: t("rows"), value: format.number(document.rows), main: true },
          { label: t("profile.columns"), value: format.number(document.columns.length) },
          { label: t("profile.missing"), value: format.percent(cells === 0 ? null : nulls / cells, 2) },
        ]}
      />
      <Columns report={document} onOpen={setOpen} />
      <Large column={open} onClose={() => setOpen(undefined)} />
    </div>
  );
}

function Columns({ report, onOpen }: { report: ProfileReport; onOpen: (column: ProfileColumn) => void }) {
  const t = results.useT();
  const format = useFormat();
  const paper = useContext(OnPaper);
  const columns: Col<ProfileColumn>[] = [
    {
      key: "name",
      title: t("column"),
      cell: (row) => (
        <>
          <strong className={styles.name}>{row.name}</strong>
          <code className={styles.type}>{row.type}</code>
        </>
      ),
      sort: (row) => row.name,
      tight: true,
    },
    {
      key: "shape",
      title: t("profile.distribution"),
      cell: (row) => <Shape column={row} paper={paper} onOpen={onOpen} />,
    },
    {
      key: "role",
      title: t("profile.role"),
      cell: (row) => <Role role={row.role} />,
      sort: (row) => row.role,
      tight: true,
    },
    {
      key: "nulls",
      title: t("profile.missing"),
      cell: (row) => <Missing column={row} />,
      sort: (row) => row.nulls / Math.max(1, row.rows),
    },
    {
      key: "distinct",
      title: t("profile.distinct"),
      align: "right",
      cell: (row) => `${row.distinct.exact ? "" : "≥ "}${format.number(row.distinct.count)}`,
      sort: (row) => row.distinct.count,
    },
    { key: "range", title: t("profile.range"), cell: (row) => <Figures column={row} />, tight: true },
  ];
  return (
    <DataTable
      caption={t("profile.columns")}
      columns={columns}
      rows={report.columns}
      rowKey={(row) => row.name}
      filter={!paper && report.columns.length > 12}
    />
  );
}

function Role({ role }: { role: string }) {
  const t = results.useT();
  if (role === "key") return <Badge tone="idle">{t("role.key")}</Badge>;
  if (role === "label") return <Badge tone="info">{t("role.label")}</Badge>;
  return <span className={parts.muted}>{t("role.feature")}</span>;
}

function Missing({ column }: { column: ProfileColumn }) {
  const format = useFormat();
  const share = column.rows === 0 ? 0 : column.nulls / column.rows;
  return (
    <div className={styles.missing}>
      <span aria-hidden className={styles.track}>
        <span className={styles.fill} style={{ width: `${100 * share}%` }} />
      </span>
      <span>{format.percent(share, 1)}</span>
    </div>
  );
}

function Figures({ column }: { column: ProfileColumn }) {
  const t = results.useT();
  const format = useFormat();
  return (
    <>
      <span className={styles.name}>{range(column, t, format)}</span>
      {column.mean != null && (
        <span className={styles.mean}>
          {t("profile.mean", { mean: format.number(column.mean, 3), deviation: format.number(column.std, 3) })}
        </span>
      )}
    </>
  );
}

type T = ReturnType<typeof results.useT>;

function range(column: ProfileColumn, t: T, format: Format): string {
  const { min, max, lengths, true: yes } = column;
  if (lengths !== undefined) {
    return t("profile.lengths", { min: format.number(lengths.min), max: format.number(lengths.max) });
  }
  if (yes !== undefined)
    return t("profile.true", { share: format.percent(yes / Math.max(1, column.rows - column.nulls)) });
  if (min == null || max == null) return "–";
  const end = (value: number | string): string => (typeof value === "number" ? format.number(value, 3) : value);
  return `${end(min)} – ${end(max)}`;
}

function Shape({
  column,
  paper,
  onOpen,
}: {
  column: ProfileColumn;
  paper: boolean;
  onOpen: (column: ProfileColumn) => void;
}) {
  const t = results.useT();
  if (!column.histogram) return <span className={parts.muted}>–</span>;
  const picture = (
    <Sparkline counts={column.histogram.counts} label={t("profile.histogram", { column: column.name })} />
  );
  if (paper) return picture;
  return (
    <button type="button" className={styles.open} onClick={() => onOpen(column)}>
      {picture}
    </button>
  );
}

function Large({ column, onClose }: { column: ProfileColumn | undefined; onClose: () => void }) {
  const t = results.useT();
  const c = core.useT();
  const format = useFormat();
  const title = column === undefined ? "" : t("profile.histogram", { column: column.name });
  const words = { from: t("from"), to: t("to"), rows: t("rows") };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the words change with the language, which closes nothing here
  const option = useMemo(() => (column === undefined ? {} : histogramChart(column, words)), [column]);
  return (
    <Dialog opened={column !== undefined} onClose={onClose} size="xl" title={title}>
      {column?.histogram && (
        <div className={parts.stack}>
          <Chart caption={title} option={option} table={histogramTable(column, words)} height={320} />
          <KeyValue
            items={Object.entries(column.quantiles ?? {}).map(([share, value]): [string, string] => [
              t("profile.quantile", { share: format.percent(Number(share)) }),
              format.number(value, 4),
            ])}
          />
          <Button variant="default" onClick={onClose}>
            {c("close")}
          </Button>
        </div>
      )}
    </Dialog>
  );
}
