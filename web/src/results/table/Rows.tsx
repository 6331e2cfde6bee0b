/** Rows of a result, page by page, and the whole as a file. */
import { ActionIcon, Button, Group } from "@mantine/core";
import { useState } from "react";
import { BASE } from "../../api/client";
import { useGet } from "../../api/hooks";
import type { JobResult } from "../../api/types";
import { useFormat } from "../../core/format";
import { IconChevronRight } from "../../core/icons";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import parts from "../parts.module.css";
import { Released } from "../Released";
import { results } from "../texts";
import styles from "./Rows.module.css";
import { Scores } from "./Scores";
import { Summary } from "./Summary";
import type { TablePage } from "./scores";

const PAGE = 100;
/** So many rows are read in one go: for the summary, and for the pages within. */
const MOST = 10_000;
const FORMATS = ["csv", "parquet", "arrow"] as const;

export default function Rows({ job, result }: { job: string; result: JobResult }) {
  const first = useRows(job, result, { limit: MOST });
  return (
    <Released query={first} job={job}>
      <Async query={first} height={300} empty={() => false}>
        {(page) => <Known job={job} result={result} first={page as unknown as TablePage} />}
      </Async>
    </Released>
  );
}

/** Asks once for each part: every reading is written into the node's audit trail. */
function useRows(job: string, result: JobResult, query: { limit: number; offset?: number }) {
  return useGet(
    "/jobs/{job_id}/results/{step}/{port}",
    { path: { job_id: job, step: result.step, port: result.port }, query },
    { staleTime: Number.POSITIVE_INFINITY },
  );
}

function Known({ job, result, first }: { job: string; result: JobResult; first: TablePage }) {
  const [offset, setOffset] = useState(0);
  const inFirst = Math.min(offset + PAGE, first.total) <= first.rows.length;
  const name = `${result.step}.${result.port}`;
  return (
    <div className={parts.stack}>
      {first.columns.some((column) => column.name === "score") && first.rows.length > 0 && <Scores page={first} />}
      <Summary page={first} />
      <div>
        <div className={parts.between}>
          <Pager offset={offset} total={result.rows ?? first.total} onChange={setOffset} />
          <Saving job={job} result={result} />
        </div>
        {inFirst ? (
          <Page page={{ ...first, rows: first.rows.slice(offset, offset + PAGE) }} offset={offset} name={name} />
        ) : (
          <Far job={job} result={result} offset={offset} name={name} />
        )}
      </div>
    </div>
  );
}

function Far({ job, result, offset, name }: { job: string; result: JobResult; offset: number; name: string }) {
  const query = useRows(job, result, { limit: PAGE, offset });
  return (
    <Async query={query} height={300} empty={() => false}>
      {(page) => <Page page={page as unknown as TablePage} offset={offset} name={name} />}
    </Async>
  );
}

function Saving({ job, result }: { job: string; result: JobResult }) {
  const t = results.useT();
  const place = `${BASE}/jobs/${encodeURIComponent(job)}/results/${encodeURIComponent(result.step)}/${encodeURIComponent(result.port)}`;
  return (
    <Group gap={6}>
      <span className={parts.muted}>{t("table.save")}</span>
      {FORMATS.map((format) => (
        <Button
          key={format}
          size="compact-sm"
          variant="default"
          component="a"
          href={`${place}?format=${format}`}
          download
        >
          {t(`table.${format}`)}
        </Button>
      ))}
    </Group>
  );
}

function Pager({ offset, total, onChange }: { offset: number; total: number; onChange: (offset: number) => void }) {
  const t = results.useT();
  const format = useFormat();
  const last = Math.min(offset + PAGE, total);
  const words = t("table.rows", {
    from: format.number(total === 0 ? 0 : offset + 1),
    to: format.number(last),
    total: format.number(total),
  });
  return (
    <Group gap={6}>
      <ActionIcon
        variant="default"
        aria-label={t("table.before")}
        disabled={offset === 0}
        onClick={() => onChange(Math.max(0, offset - PAGE))}
      >
        <IconChevronRight size={16} className={styles.back} aria-hidden />
      </ActionIcon>
      <span className={styles.place} aria-live="polite">
        {words}
      </span>
      <ActionIcon
        variant="default"
        aria-label={t("table.after")}
        disabled={last >= total}
        onClick={() => onChange(offset + PAGE)}
      >
        <IconChevronRight size={16} aria-hidden />
      </ActionIcon>
    </Group>
  );
}

function Page({ page, offset, name }: { page: TablePage; offset: number; name: string }) {
  const t = results.useT();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section className={styles.box} aria-label={t("table.of", { name })} tabIndex={0}>
      <table className={parts.table} data-raw>
        <thead>
          <tr>
            <th scope="col" data-number>
              #
            </th>
            {page.columns.map((column) => (
              <th key={column.name} scope="col" data-number={isNumber(column.type) || undefined}>
                <span className={styles.column}>
                  {column.name}
                  {column.role === "key" && <Badge tone="idle">{t("role.key")}</Badge>}
                  {column.role === "label" && <Badge tone="info">{t("role.label")}</Badge>}
                </span>
                <span className={styles.type}>{column.type}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {page.rows.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
            <tr key={at}>
              <td data-number className={parts.muted}>
                {offset + at + 1}
              </td>
              {row.map((cell, place) => (
                <td
                  key={page.columns[place]?.name}
                  data-number={isNumber(page.columns[place]?.type ?? "") || undefined}
                >
                  <Cell cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const isNumber = (type: string): boolean => type === "integer" || type === "number";

function Cell({ cell }: { cell: unknown }) {
  const t = results.useT();
  if (cell === null) return <span className={parts.muted}>{t("table.null")}</span>;
  return typeof cell === "number" ? String(Number(cell.toPrecision(9))) : String(cell);
}
