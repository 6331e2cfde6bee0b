/** Where a dataset lies, and its columns with their levels. */
import { useGet } from "../../../api/hooks";
import type { Dataset } from "../../../api/types";
import { useFormat } from "../../../core/format";
import { useMe } from "../../../core/session";
import { useW } from "../../../core/texts";
import { Level } from "../../../ui/Badge";
import { ColumnType } from "../../../ui/ColumnType";
import { Copy } from "../../../ui/Copy";
import { type Col, DataTable } from "../../../ui/DataTable";
import { Time } from "../../../ui/Diagnostic";
import { KeyValue } from "../../../ui/KeyValue";
import { Section } from "../../../ui/Section";
import { isEncoding } from "../connect/encodings";
import { data } from "../texts";

export function Columns({ one }: { one: Dataset }) {
  const t = data.useT();
  const format = useFormat();
  const columns = useColumns(one.name);
  const { table, query, object, encoding } = one.options as Record<string, string | undefined>;
  return (
    <>
      <Section title={t("about")}>
        <KeyValue
          items={[
            [t("rows"), format.number(one.rows, 0)],
            [t("columns"), one.columns.length],
            [t("size"), format.bytes(one.size_bytes)],
            [t("format"), one.format],
            typeof encoding === "string" && [
              t("encoding"),
              isEncoding(encoding) ? t(`encoding.${encoding}`) : <code key="encoding">{encoding}</code>,
            ],
            one.connection !== null && [t("connection"), one.connection],
            [t("place"), <code key="place">{table ?? query ?? object ?? one.path}</code>],
            [t("read_at"), <Time key="read" at={one.registered_at} />],
            [t("published"), t(one.published ? "published.yes" : "published.no")],
            [
              t("digest"),
              <span key="digest">
                <code title={one.digest}>{one.digest.slice(0, 14)}…</code>
                <Copy value={one.digest} what={t("digest")} />
              </span>,
            ],
          ]}
        />
      </Section>
      <DataTable
        caption={t("columns")}
        columns={columns}
        rows={one.columns}
        rowKey={(column) => column.name}
        filter={one.columns.length > 12}
      />
    </>
  );
}

function useColumns(name: string): Col<Dataset["columns"][number]>[] {
  const t = data.useT();
  const w = useW();
  const me = useMe();
  const may = me.can("label.read");
  const params = { path: { name }, query: { limit: 1000 } };
  const labels = useGet("/datasets/{name}/labels", params, { enabled: may }).data?.items;
  const labelOf = (column: string) => labels?.find((label) => label.column === column);
  const plain: Col<Dataset["columns"][number]>[] = [
    { key: "name", title: t("column"), cell: (one) => <strong>{one.name}</strong>, sort: (one) => one.name },
    { key: "type", title: t("type"), cell: (one) => <ColumnType type={one.type} />, sort: (one) => one.type },
  ];
  if (!may) return plain;
  return [
    ...plain,
    {
      key: "level",
      title: t("level"),
      cell: (one) => <Level level={labelOf(one.name)?.level} />,
      sort: (one) => labelOf(one.name)?.level,
    },
    {
      key: "class",
      title: t("class"),
      cell: (one) => {
        const label = labelOf(one.name);
        return label === undefined || label.source === "none" ? t("labels.none") : w(label.klass_title);
      },
    },
  ];
}
