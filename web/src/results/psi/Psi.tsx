/** What a match found: the common part, how much of each side it is, and what became of this side's rows. */
import { useFormat } from "../../core/format";
import { useW } from "../../core/texts";
import { KeyValue } from "../../ui/KeyValue";
import { Card } from "../../ui/Section";
import type { PsiReport } from "../documents";
import parts from "../parts.module.css";
import { type Tile, Tiles } from "../Tiles";
import { results } from "../texts";
import type { ViewerProps } from "../viewer";
import { partyAt } from "../viewer";
import { otherRole, overlapOf, reconcile } from "./figures";
import { Overlap } from "./Overlap";
import { Waterfall } from "./Waterfall";

export default function Psi({ document, job, step }: ViewerProps<PsiReport>) {
  const t = results.useT();
  const overlap = overlapOf(document, otherRole(document.role));
  const party = (role: string): string => partyAt(job, step, role);
  const reconciled = reconcile(document);
  return (
    <div className={parts.stack}>
      <Tiles tiles={useTiles(document, party)} />
      {document.epsilon != null && <Card tone="info">{t("psi.noise", { epsilon: document.epsilon })}</Card>}
      <div className={parts.pair}>
        <section className={parts.block}>
          <h3 className={parts.heading}>{t("psi.overlap")}</h3>
          <Overlap overlap={overlap} party={party} noisy={document.epsilon != null} />
        </section>
        <section className={parts.block}>
          <h3 className={parts.heading}>{t("psi.fates", { party: party(document.role) })}</h3>
          <Waterfall reconciled={reconciled} read={document.rows_read} />
          {reconciled.gap !== 0 && <Card tone="warn">{t("psi.gap", { count: Math.abs(reconciled.gap) })}</Card>}
        </section>
      </div>
      <Sums report={document} />
      <How report={document} />
    </div>
  );
}

function useTiles(report: PsiReport, party: (role: string) => string): (Tile | false)[] {
  const t = results.useT();
  const format = useFormat();
  const overlap = overlapOf(report, otherRole(report.role));
  const rates = overlap.sides
    .filter((side) => side.rate !== null)
    .map((side) => ({
      label: t("psi.rate", { party: party(side.role) }),
      value: format.percent(side.rate, 2),
      note: t("psi.of_keys", { count: side.keys }),
    }));
  return [answer(report, t, format.number), ...rates, rowsOut(report, t, format.number)];
}

type T = ReturnType<typeof results.useT>;

function answer(report: PsiReport, t: T, number: (value: number) => string): Tile {
  if (report.reveal === "threshold" || report.threshold !== undefined) {
    const value = report.reached == null ? t("psi.not_revealed") : report.reached ? t("psi.enough") : t("psi.too_few");
    return { label: t("psi.question", { count: report.threshold ?? 0 }), value, main: true };
  }
  if (report.matched === null) {
    return { label: t("psi.matched"), value: t("psi.not_revealed"), note: t("psi.other_learns"), main: true };
  }
  const about = report.epsilon == null ? "" : "≈ ";
  const note = (report.parties ?? 2) > 2 ? t("psi.common_of", { count: report.parties ?? 2 }) : t("psi.common");
  return { label: t("psi.matched"), value: `${about}${number(report.matched)}`, note, main: true };
}

function rowsOut(report: PsiReport, t: T, number: (value: number) => string): Tile | false {
  if (report.rows_out == null) return false;
  const joins = ["inner", "left", "right", "full", "difference", "union"] as const;
  const join = joins.find((known) => known === report.join);
  return {
    label: t("psi.rows_out"),
    value: number(report.rows_out),
    note: join === undefined ? undefined : t(`psi.join.${join}`),
  };
}

function Sums({ report }: { report: PsiReport }) {
  const t = results.useT();
  const format = useFormat();
  if (!report.sums) return null;
  return (
    <section className={parts.block}>
      <h3 className={parts.heading}>{t("psi.sums")}</h3>
      <KeyValue items={Object.entries(report.sums).map(([name, sum]) => [name, format.number(sum, 6)])} />
    </section>
  );
}

function How({ report }: { report: PsiReport }) {
  const t = results.useT();
  const w = useW();
  const names = ["ecdh", "vole", "unbalanced", "count", "sum", "circuit", "multiparty"] as const;
  const protocol = names.find((known) => known === report.protocol);
  const more = { ...report.series, ...report.table };
  return (
    <section className={parts.block}>
      <h3 className={parts.heading}>{t("psi.how")}</h3>
      <KeyValue
        wide
        items={[
          [t("psi.protocol"), protocol === undefined ? (report.protocol ?? "–") : t(`psi.protocol.${protocol}`)],
          report.protocol_reason !== undefined && [t("psi.reason"), w(report.protocol_reason)],
          report.protocol_advice != null && [t("psi.advice"), w(report.protocol_advice)],
          report.key_columns !== undefined && [t("psi.key_columns"), report.key_columns],
          ...Object.entries(more).map(([name, value]): [string, string] => [name, String(value)]),
        ]}
      />
    </section>
  );
}
