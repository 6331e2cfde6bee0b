/** A list as a table: sorting, filtering, choosing, more pages. It scrolls in its own box. */
import { Button, Checkbox, TextInput, VisuallyHidden } from "@mantine/core";
import { type MouseEvent, type ReactNode, useMemo, useState } from "react";
import { useLocation } from "wouter";
import { IconArrowDown, IconArrowUp, IconSearch } from "../core/icons";
import { core } from "../core/texts";
import styles from "./DataTable.module.css";
import { Link } from "./Link";

export interface Col<X> {
  key: string;
  title: string;
  cell: (row: X) => ReactNode;
  /** Makes the column sortable. */
  sort?: (row: X) => string | number | null | undefined;
  /** What the filter looks at; without any, it looks at sort values that are texts. */
  text?: (row: X) => string;
  align?: "left" | "right";
  width?: number | string;
  /** No line breaks. */
  tight?: boolean;
  /** For screen readers only: columns of buttons. */
  hiddenTitle?: boolean;
}

export interface Selection {
  keys: ReadonlySet<string>;
  onChange: (keys: ReadonlySet<string>) => void;
}

interface DataTableProps<X> {
  caption: string;
  columns: Col<X>[];
  rows: X[];
  rowKey: (row: X) => string;
  rowHref?: (row: X) => string;
  selection?: Selection;
  /** There is more to load. */
  onMore?: () => void;
  /** First order: column key; "-key" downwards. */
  sort?: string;
  /** Shows a field to filter the rows that are loaded. */
  filter?: boolean;
  emptyView?: ReactNode;
  /** Beside the filter. */
  tools?: ReactNode;
}

type Order = { key: string; down: boolean } | undefined;

export function DataTable<X>(props: DataTableProps<X>) {
  const { caption, columns, rows, rowKey, rowHref, selection, onMore, sort, filter, emptyView, tools } = props;
  const t = core.useT();
  const [text, setText] = useState("");
  const [order, setOrder] = useState<Order>(sort ? { key: sort.replace(/^-/, ""), down: sort[0] === "-" } : undefined);
  const shown = useMemo(() => arranged(rows, columns, text, order), [rows, columns, text, order]);
  if (rows.length === 0 && emptyView !== undefined) return emptyView;
  return (
    <div className={styles.frame}>
      {(filter || tools) && (
        <div className={styles.tools}>
          {filter && (
            <TextInput
              className={styles.filter}
              aria-label={t("filter")}
              placeholder={t("filter")}
              leftSection={<IconSearch size={16} aria-hidden />}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
          )}
          {tools}
        </div>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section className={styles.box} data-table-box aria-label={caption} tabIndex={0}>
        <table className={styles.table}>
          <VisuallyHidden component="caption">{caption}</VisuallyHidden>
          <thead>
            <tr>
              {selection && <SelectAll rows={shown} rowKey={rowKey} selection={selection} />}
              {columns.map((column) => (
                <Head key={column.key} column={column} order={order} onOrder={setOrder} />
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <Row
                key={rowKey(row)}
                row={row}
                columns={columns}
                name={rowKey(row)}
                href={rowHref?.(row)}
                selection={selection}
              />
            ))}
          </tbody>
        </table>
        {shown.length === 0 && <p className={styles.none}>{text ? t("filter.none", { text }) : t("nothing")}</p>}
      </section>
      {onMore && (
        <div className={styles.foot}>
          <span>{t("rows.more", { count: rows.length })}</span>
          <Button variant="default" size="compact-sm" onClick={onMore}>
            {t("more")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** The rows that match the text, in order. */
export function arranged<X>(rows: X[], columns: Col<X>[], text: string, order: Order): X[] {
  const wanted = text.trim().toLowerCase();
  const words = (row: X): string =>
    columns
      .map((column) => column.text?.(row) ?? String(column.sort?.(row) ?? ""))
      .join(" ")
      .toLowerCase();
  const matching = wanted === "" ? rows : rows.filter((row) => words(row).includes(wanted));
  const by = columns.find((column) => column.key === order?.key)?.sort;
  if (by === undefined) return matching;
  const sign = order?.down ? -1 : 1;
  return [...matching].sort((one, other) => sign * compare(by(one), by(other)));
}

type Sortable = string | number | null | undefined;

/** What is missing comes first. */
function compare(one: Sortable, other: Sortable): number {
  if (one === null || one === undefined) return other === null || other === undefined ? 0 : -1;
  if (other === null || other === undefined) return 1;
  if (typeof one === "number" && typeof other === "number") return one - other;
  return String(one).localeCompare(String(other), undefined, { numeric: true });
}

function Head<X>({ column, order, onOrder }: { column: Col<X>; order: Order; onOrder: (order: Order) => void }) {
  const t = core.useT();
  const down = order?.key === column.key ? order.down : undefined;
  const sorted = down === undefined ? undefined : down ? "descending" : "ascending";
  const Title = column.hiddenTitle ? VisuallyHidden : "span";
  return (
    <th scope="col" aria-sort={sorted} data-align={column.align} style={{ width: column.width }}>
      {column.sort === undefined ? (
        <Title>{column.title}</Title>
      ) : (
        <button
          type="button"
          className={styles.sort}
          title={t("sort.by", { column: column.title })}
          onClick={() => onOrder({ key: column.key, down: down === false })}
        >
          {column.title}
          {down === undefined ? null : down ? (
            <IconArrowDown size={14} aria-hidden />
          ) : (
            <IconArrowUp size={14} aria-hidden />
          )}
        </button>
      )}
    </th>
  );
}

interface RowProps<X> {
  row: X;
  name: string;
  columns: Col<X>[];
  href?: string;
  selection?: Selection;
}

function Row<X>({ row, name, columns, href, selection }: RowProps<X>) {
  const t = core.useT();
  const [, navigate] = useLocation();
  const open = (event: MouseEvent): void => {
    const inner = (event.target as Element).closest("a,button,input,label,select,textarea");
    if (inner !== null || window.getSelection()?.toString() !== "") return;
    if (href !== undefined) navigate(href);
    else if (selection !== undefined) selection.onChange(toggled(selection.keys, name));
  };
  const chosen = selection?.keys.has(name) ?? false;
  return (
    <tr
      onClick={open}
      data-link={href !== undefined || selection !== undefined || undefined}
      data-chosen={chosen || undefined}
    >
      {selection && (
        <td className={styles.check}>
          <Checkbox
            size="xs"
            aria-label={t("select.row", { row: name })}
            checked={chosen}
            onChange={() => selection.onChange(toggled(selection.keys, name))}
          />
        </td>
      )}
      {columns.map((column, place) => (
        <td key={column.key} data-align={column.align} data-tight={column.tight || undefined}>
          {place === 0 && href !== undefined ? (
            <Link href={href} className={styles.link}>
              {column.cell(row)}
            </Link>
          ) : (
            column.cell(row)
          )}
        </td>
      ))}
    </tr>
  );
}

function SelectAll<X>({ rows, rowKey, selection }: { rows: X[]; rowKey: (row: X) => string; selection: Selection }) {
  const t = core.useT();
  const names = rows.map(rowKey);
  const count = names.filter((name) => selection.keys.has(name)).length;
  const all = names.length > 0 && count === names.length;
  return (
    <th scope="col" className={styles.check}>
      <Checkbox
        size="xs"
        aria-label={t("select.all")}
        checked={all}
        indeterminate={count > 0 && !all}
        onChange={() => selection.onChange(new Set(all ? [] : names))}
      />
    </th>
  );
}

function toggled(keys: ReadonlySet<string>, name: string): ReadonlySet<string> {
  const next = new Set(keys);
  if (!next.delete(name)) next.add(name);
  return next;
}
