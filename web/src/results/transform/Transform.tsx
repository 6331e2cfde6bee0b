/** What preprocessing does to each own column, with the figures that were fitted. */
import { useFormat } from "../../core/format";
import { type Col, DataTable } from "../../ui/DataTable";
import type { TransformDocument } from "../documents";
import parts from "../parts.module.css";
import { type Tile, Tiles } from "../Tiles";
import { results } from "../texts";
import type { ViewerProps } from "../viewer";

type Column = TransformDocument["columns"][number];

export default function Transform({ document }: ViewerProps<TransformDocument>) {
  const t = results.useT();
  return (
    <div className={parts.stack}>
      <Tiles tiles={useTiles(document)} />
      <div>
        <h3 className={parts.heading}>{t("transform.columns")}</h3>
        <p className={parts.lead}>{t("transform.lead")}</p>
        <DataTable
          caption={t("transform.columns")}
          columns={useColumns(document)}
          rows={document.columns}
          rowKey={(column) => column.name}
          filter={document.columns.length > 12}
        />
      </div>
    </div>
  );
}

const MISSING = ["mean", "median", "zero", "refuse"] as const;
const SCALES = ["standard", "minmax", "none"] as const;
const known = <X extends string>(all: readonly X[], name: string): X | undefined => all.find((one) => one === name);

function useTiles({ missing, scale, columns, dropped }: TransformDocument): Tile[] {
  const t = results.useT();
  const format = useFormat();
  const fill = known(MISSING, missing);
  const scaling = known(SCALES, scale);
  return [
    { label: t("transform.missing"), value: fill === undefined ? missing : t(`missing.${fill}`), main: true },
    {
      label: t("transform.scaling"),
      value: scaling === undefined ? scale : t(`scale.${scaling}`),
      note: scaling && t(`scale.${scaling}_note`),
      main: true,
    },
    { label: t("transform.count"), value: format.number(columns.length) },
    {
      label: t("transform.dropped"),
      value: dropped.length === 0 ? t("transform.dropped_none") : dropped.join(", "),
      note: dropped.length === 0 ? undefined : t("transform.dropped_note"),
    },
  ];
}

function useColumns({ scale }: TransformDocument): Col<Column>[] {
  const t = results.useT();
  const format = useFormat();
  const figure = (value: number): string => format.number(Number(value.toPrecision(5)), 6);
  const scaled = (value: number): string => (scale === "none" ? t("transform.unscaled") : figure(value));
  return [
    {
      key: "name",
      title: t("transform.column"),
      cell: ({ name }) => <span data-raw>{name}</span>,
      sort: (c) => c.name,
    },
    {
      key: "fill",
      title: t("transform.fill"),
      align: "right",
      cell: ({ fill }) => (fill === null ? t("transform.refuse") : figure(fill)),
      sort: ({ fill }) => fill,
    },
    {
      key: "shift",
      title: t("transform.shift"),
      align: "right",
      cell: ({ shift }) => scaled(shift),
      sort: (c) => c.shift,
    },
    {
      key: "scale",
      title: t("transform.scale"),
      align: "right",
      cell: ({ scale: by }) => scaled(by),
      sort: (c) => c.scale,
    },
  ];
}
