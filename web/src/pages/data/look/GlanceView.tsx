/** A sampled profile: one line per column, with the outline of its values. */
import type { ColumnGlance, Glance } from "../../../api/types";
import { useFormat } from "../../../core/format";
import { ColumnType } from "../../../ui/ColumnType";
import { type Col, DataTable } from "../../../ui/DataTable";
import { data } from "../texts";
import { Missing, Often, Outline } from "./charts";
import styles from "./look.module.css";

/** So many different values are categories, also where they are numbers. */
const FEW = 12;

export function GlanceView({ glance }: { glance: Glance }) {
  const t = data.useT();
  const format = useFormat();
  const columns = useColumns(glance);
  const rows = glance.rows ?? glance.rows_estimated;
  return (
    <>
      <p className={styles.about}>
        {rows === null
          ? t("look.sample_only", { sample: glance.sample_rows })
          : t(glance.rows === null ? "look.sample_about" : "look.sample", { sample: glance.sample_rows, rows })}{" "}
        {t("look.least", { least: glance.least })}
      </p>
      <DataTable
        caption={t("look.table")}
        columns={columns}
        rows={glance.columns}
        rowKey={(one) => one.name}
        filter={glance.columns.length > 12}
        tools={glance.columns.length > 12 ? <span>{format.number(glance.columns.length)}</span> : undefined}
      />
    </>
  );
}

function useColumns(glance: Glance): Col<ColumnGlance>[] {
  const t = data.useT();
  const format = useFormat();
  const sample = glance.sample_rows;
  return [
    {
      key: "name",
      title: t("column"),
      cell: (one) => <strong>{one.name}</strong>,
      sort: (one) => one.name,
      tight: true,
    },
    {
      key: "type",
      title: t("type"),
      cell: (one) => <ColumnType type={one.type} />,
      sort: (one) => one.type,
      tight: true,
    },
    {
      key: "nulls",
      title: t("missing"),
      cell: (one) => <Missing share={one.null_share} error={one.null_share_error} />,
      sort: (one) => one.null_share,
      tight: true,
    },
    {
      key: "distinct",
      title: t("distinct"),
      align: "right",
      cell: (one) => `≈ ${format.number(one.distinct_estimated, 0)}`,
      sort: (one) => one.distinct_estimated,
      tight: true,
    },
    { key: "shape", title: t("values"), cell: (one) => <Values one={one} sample={sample} /> },
  ];
}

function Values({ one, sample }: { one: ColumnGlance; sample: number }) {
  const t = data.useT();
  const format = useFormat();
  if (one.top.length > 0 && one.distinct_estimated <= FEW)
    return <Often top={one.top} sample={sample} name={one.name} />;
  if (one.quantiles) return <Outline quantiles={one.quantiles} name={one.name} />;
  if (one.top.length > 0) return <Often top={one.top} sample={sample} name={one.name} />;
  if (one.lengths) {
    const { low = 0, high = 0 } = one.lengths;
    return (
      <span>
        {t(low === high ? "look.length" : "look.lengths", { low: format.number(low), high: format.number(high) })}
      </span>
    );
  }
  return <span className={styles.none}>{t("look.rare")}</span>;
}
