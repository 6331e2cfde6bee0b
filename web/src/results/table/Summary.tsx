/** The columns of a table at a glance, above its rows. */
import { useMemo } from "react";
import { useFormat } from "../../core/format";
import { Badge } from "../../ui/Badge";
import { type Col, DataTable } from "../../ui/DataTable";
import parts from "../parts.module.css";
import { results } from "../texts";
import type { TablePage } from "./scores";
import { type ColumnSummary, summariesOf } from "./summary";

export function Summary({ page }: { page: TablePage }) {
  const t = results.useT();
  const format = useFormat();
  const summaries = useMemo(() => summariesOf(page), [page]);
  return (
    <div>
      <h3 className={parts.heading}>{t("summary.title")}</h3>
      {page.rows.length < page.total && (
        <p className={parts.lead}>
          {t("summary.first", { count: page.rows.length, total: format.number(page.total) })}
        </p>
      )}
      <DataTable
        caption={t("summary.title")}
        columns={useColumns()}
        rows={summaries}
        rowKey={(column) => column.name}
        filter={summaries.length > 20}
      />
    </div>
  );
}

type Figure = "min" | "mean" | "max";

function useColumns(): Col<ColumnSummary>[] {
  const t = results.useT();
  const format = useFormat();
  const figure = (name: Figure): Col<ColumnSummary> => ({
    key: name,
    title: t(`summary.${name}`),
    align: "right",
    cell: ({ figures }) => (figures === undefined ? "" : format.number(Number(figures[name].toPrecision(4)), 6)),
    sort: ({ figures }) => figures?.[name],
  });
  const values = ({ shares, distinct }: ColumnSummary): string =>
    shares === undefined
      ? t("summary.distinct", { count: distinct })
      : shares.map(({ value, share }) => t("summary.share", { value, share: format.percent(share, 0) })).join(" · ");
  return [
    {
      key: "name",
      title: t("summary.column"),
      cell: ({ name, role }) => (
        <span className={parts.row}>
          <span data-raw>{name}</span>
          {role === "key" && <Badge tone="idle">{t("role.key")}</Badge>}
          {role === "label" && <Badge tone="info">{t("role.label")}</Badge>}
        </span>
      ),
      sort: ({ name }) => name,
    },
    {
      key: "missing",
      title: t("summary.missing"),
      align: "right",
      cell: ({ missing, rows }) => (rows === 0 ? "" : format.percent(missing / rows, 1)),
      sort: ({ missing }) => missing,
    },
    figure("min"),
    figure("mean"),
    figure("max"),
    { key: "values", title: t("summary.values"), cell: values, sort: ({ distinct }) => distinct },
  ];
}
