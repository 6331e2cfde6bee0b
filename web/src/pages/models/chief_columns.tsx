/** Columns with the chief figures of models. */
import { useFormat } from "../../core/format";
import type { Col } from "../../ui/DataTable";
import { CHIEF, type Chief } from "./metrics";
import { models } from "./texts";

/** Only figures that some row has. */
export function useChiefColumns<X>(found: ReadonlyMap<string, Chief>, jobOf: (row: X) => string | null): Col<X>[] {
  const t = models.useT();
  const format = useFormat();
  const figure = (row: X, key: (typeof CHIEF)[number]): number | undefined => found.get(jobOf(row) ?? "")?.[key];
  return CHIEF.filter((key) => [...found.values()].some((chief) => chief[key] !== undefined)).map((key) => ({
    key,
    title: t(`chief.${key}`),
    align: "right",
    tight: true,
    sort: (row) => figure(row, key),
    cell: (row) => format.number(figure(row, key), 4),
  }));
}
