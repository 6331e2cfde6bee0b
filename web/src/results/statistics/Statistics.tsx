/** Joint statistics: a table of one measure over all groups, and where the groups differ. */
import { Select } from "@mantine/core";
import { useContext, useMemo, useState } from "react";
import { Chart } from "../../charts/Chart";
import { OnPaper } from "../../charts/paper";
import { useFormat } from "../../core/format";
import { Party } from "../../ui/Party";
import { Card } from "../../ui/Section";
import type { Measure, StatisticsReport } from "../documents";
import parts from "../parts.module.css";
import { Tiles } from "../Tiles";
import { results } from "../texts";
import { partyAt, type ViewerProps } from "../viewer";
import { groupChart, groupTable, heatChart, heatTable } from "./charts";
import { byDifference, canStandardise, labelOf, measured, withheldCells } from "./figures";

type Shown = Measure | "sd";

export default function Statistics({ document, job, step }: ViewerProps<StatisticsReport>) {
  const t = results.useT();
  const format = useFormat();
  const party = (role: string): string => partyAt(job, step, role);
  const withheld = withheldCells(document);
  const { group } = document;
  return (
    <div className={parts.stack}>
      <Tiles
        tiles={[
          { label: t("statistics.rows"), value: format.number(document.rows), main: true },
          { label: t("statistics.columns"), value: format.number(document.columns.length) },
          group !== null && {
            label: t("statistics.groups", { column: group.column }),
            value: format.number(group.groups),
            note: <Party name={party(group.role)} size="sm" />,
          },
          group !== null && {
            label: t("statistics.withheld_groups"),
            value: format.number(group.withheld),
            note: t("statistics.fewer", { count: document.min_group_size }),
          },
        ]}
      />
      {withheld > 0 && <Card tone="info">{t("statistics.withheld_note", { count: document.min_group_size })}</Card>}
      <Measured report={document} party={party} />
      {document.groups.length > 0 && <Compared report={document} />}
    </div>
  );
}

function useMeasures(report: StatisticsReport): { value: Shown; label: string }[] {
  const t = results.useT();
  const shown: Shown[] = report.measures.flatMap((measure): Shown[] =>
    measure === "variance" ? ["sd", "variance"] : [measure],
  );
  return shown.map((value) => ({ value, label: t(`measure.${value}`) }));
}

function Measured({ report, party }: { report: StatisticsReport; party: (role: string) => string }) {
  const t = results.useT();
  const paper = useContext(OnPaper);
  const measures = useMeasures(report);
  const preferred = measures.some(({ value }) => value === "mean") ? "mean" : (measures[0]?.value ?? "count");
  const [measure, setMeasure] = useState<Shown>(preferred);
  const grouped = report.groups.length > 0;
  const title = measures.find(({ value }) => value === measure)?.label ?? "";
  const heads = grouped
    ? [t("statistics.all"), ...report.groups.map((group) => labelOf(group.label))]
    : measures.map(({ label }) => label);
  return (
    <section className={parts.block}>
      <div className={parts.between}>
        <h3 className={parts.heading}>
          {grouped
            ? t("statistics.by_group", { measure: title, column: report.group?.column ?? "" })
            : t("statistics.table")}
        </h3>
        {grouped && !paper && (
          <Select
            size="xs"
            w={180}
            aria-label={t("statistics.measure")}
            data={measures}
            value={measure}
            allowDeselect={false}
            onChange={(value) => value !== null && setMeasure(value as Shown)}
          />
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section className={parts.box} aria-label={t("statistics.table")} tabIndex={0}>
        <table className={parts.table}>
          <thead>
            <tr>
              <th scope="col">{t("column")}</th>
              <th scope="col">{t("party")}</th>
              {heads.map((head) => (
                <th key={head} scope="col" data-number>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {grouped && (
              <tr>
                <th scope="row">{t("rows")}</th>
                <td />
                {[report.overall, ...report.groups].map((row, at) => (
                  <Value key={heads[at]} value={row.rows} />
                ))}
              </tr>
            )}
            {report.columns.map((column, at) => (
              <tr key={`${column.role}.${column.name}`}>
                <th scope="row">{column.name}</th>
                <td>
                  <Party name={party(column.role)} size="sm" />
                </td>
                {grouped
                  ? [report.overall, ...report.groups].map((row, place) => (
                      <Value key={heads[place]} value={measured(row.cells[at] ?? null, measure)} />
                    ))
                  : measures.map(({ value }) => (
                      <Value key={value} value={measured(report.overall.cells[at] ?? null, value)} />
                    ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function Value({ value }: { value: number | null | undefined }) {
  const t = results.useT();
  const format = useFormat();
  if (value === undefined) return <td data-withheld>{t("withheld")}</td>;
  return <td data-number>{format.number(value, Math.abs(value ?? 0) < 1 ? 5 : 3)}</td>;
}

function Compared({ report }: { report: StatisticsReport }) {
  const t = results.useT();
  const paper = useContext(OnPaper);
  const order = useMemo(() => byDifference(report), [report]);
  const [column, setColumn] = useState(order[0] ?? 0);
  const mean = report.measures.includes("mean");
  const words = { all: t("statistics.all"), mean: t("measure.mean"), sd: t("measure.sd"), column: t("column") };
  const bars = useMemo(
    () => groupChart(report, column, { all: words.all, mean: words.mean, sd: words.sd }),
    [report, column, words.all, words.mean, words.sd],
  );
  const heat = useMemo(() => heatChart(report, order), [report, order]);
  if (!mean) return null;
  const name = report.columns[column]?.name ?? "";
  return (
    <div className={parts.pair}>
      {canStandardise(report) && (
        <Chart
          caption={t("statistics.heat")}
          option={heat}
          table={heatTable(report, order, words.column)}
          height={Math.max(200, 70 + 22 * Math.min(order.length, 24))}
        />
      )}
      <div>
        {!paper && (
          <Select
            size="xs"
            mb="xs"
            maw={280}
            label={t("column")}
            data={report.columns.map((one, at) => ({ value: String(at), label: one.name }))}
            value={String(column)}
            allowDeselect={false}
            searchable
            onChange={(value) => value !== null && setColumn(Number(value))}
          />
        )}
        <Chart
          caption={t("statistics.bars", { column: name })}
          option={bars}
          table={groupTable(report, column, { ...words, group: report.group?.column ?? "" })}
        />
      </div>
    </div>
  );
}
