/** A chart as a figure: caption, the same as a table, the same as a file. On paper it is an SVG image. */
import { Button, Group } from "@mantine/core";
import { useContext, useEffect, useId, useMemo, useRef, useState } from "react";
import { useFormat } from "../core/format";
import styles from "./Chart.module.css";
import { type ChartTable, csvOf, fileName, save } from "./csv";
import type { Drawn } from "./engine";
import { type Drawing, dressed, type Option } from "./option";
import { usePalette } from "./palette";
import { OnPaper } from "./paper";
import { charts } from "./texts";

interface ChartProps {
  option: Option | Drawing;
  caption: string;
  /** What the chart shows, in figures. */
  table: ChartTable;
  height?: number;
  print?: boolean;
}

const engine = (): Promise<typeof import("./engine")> => import("./engine");
const PAPER_WIDTH = 680;
/** Without quotes: the drawing is text with attributes. */
const PAPER_FONT = "Inter, Helvetica, Arial, sans-serif";

export function Chart({ option, caption, table, height = 280, print }: ChartProps) {
  const paper = useContext(OnPaper) || print === true;
  const [asTable, setAsTable] = useState(false);
  const t = charts.useT();
  const id = useId();
  return (
    <figure className={styles.figure} aria-labelledby={id}>
      <figcaption className={styles.caption}>
        <span id={id} className={styles.title}>
          {caption}
        </span>
        {!paper && (
          <Group gap={2} wrap="nowrap" className={styles.tools}>
            <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setAsTable(!asTable)}>
              {asTable ? t("as_chart") : t("as_table")}
            </Button>
            <Button
              size="compact-xs"
              variant="subtle"
              color="gray"
              aria-label={t("csv_of", { what: caption })}
              onClick={() => save(`${fileName(caption)}.csv`, csvOf(table), "text/csv;charset=utf-8")}
            >
              {t("csv")}
            </Button>
          </Group>
        )}
      </figcaption>
      {asTable ? (
        <Figures table={table} caption={caption} height={height} />
      ) : paper ? (
        <Printed option={option} caption={caption} height={height} />
      ) : (
        <Canvas option={option} caption={caption} height={height} />
      )}
    </figure>
  );
}

interface CanvasProps {
  option: Option | Drawing;
  caption: string;
  height: number;
}

function useStill(): boolean {
  return useMemo(() => window.matchMedia("(prefers-reduced-motion: reduce)").matches, []);
}

function Canvas({ option, caption, height }: CanvasProps) {
  const [box, setBox] = useState<HTMLDivElement | null>(null);
  const palette = usePalette(box);
  const still = useStill();
  const drawn = useRef<Drawn>(undefined);
  const shown = useRef<string>(undefined);
  const [ready, setReady] = useState(false);
  useEffect(() => {
    if (box === null) return;
    let gone = false;
    const observer = new ResizeObserver(() => drawn.current?.resize());
    void engine().then(({ paint }) => {
      if (gone) return;
      drawn.current = paint(box);
      observer.observe(box);
      setReady(true);
    });
    return () => {
      gone = true;
      observer.disconnect();
      drawn.current?.dispose();
      drawn.current = undefined;
      shown.current = undefined;
    };
  }, [box]);
  useEffect(() => {
    if (!ready || palette === undefined) return;
    const plain = dressed(typeof option === "function" ? option(palette) : option, palette, still);
    const text = JSON.stringify(plain);
    if (text === shown.current) return; // the same again: nothing would move but the animation
    shown.current = text;
    drawn.current?.draw(plain);
  }, [ready, palette, option, still]);
  return <div ref={setBox} role="img" aria-label={caption} className={styles.canvas} style={{ height }} />;
}

/** An image whose drawing is text: sharp on paper, and taken over as SVG into files. */
function Printed({ option, caption, height }: CanvasProps) {
  const [box, setBox] = useState<HTMLDivElement | null>(null);
  const palette = usePalette(box);
  const [svg, setSvg] = useState<string>();
  useEffect(() => {
    if (palette === undefined) return;
    let gone = false;
    const plain = typeof option === "function" ? option(palette) : option;
    void import("./print").then(({ svgOf }) => {
      if (!gone) setSvg(svgOf(dressed(plain, { ...palette, font: PAPER_FONT }, true), PAPER_WIDTH, height));
    });
    return () => {
      gone = true;
    };
  }, [palette, option, height]);
  return (
    <div ref={setBox} className={styles.printed} data-waiting={svg === undefined || undefined}>
      {svg !== undefined && (
        <img alt={caption} data-chart className={styles.image} src={`data:image/svg+xml,${encodeURIComponent(svg)}`} />
      )}
    </div>
  );
}

function Figures({ table, caption, height }: { table: ChartTable; caption: string; height: number }) {
  const format = useFormat();
  const shown = (cell: ChartTable["rows"][number][number]): string =>
    typeof cell === "number" ? format.number(cell, 6) : (cell ?? "–");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section className={styles.table} aria-label={caption} tabIndex={0} style={{ maxHeight: Math.max(height, 200) }}>
      <table>
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of figures have no other identity
            <tr key={at}>
              {row.map((cell, place) => (
                <td key={table.columns[place]} data-number={typeof cell === "number" || undefined}>
                  {shown(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
