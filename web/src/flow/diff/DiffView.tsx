/** What differs between two flows: in words, and on the canvas. */
import { lazy, Suspense, useMemo } from "react";
import { Loading } from "../../ui/Async";
import { type Change, diffFlows, type FlowDiff, type PartyDiff, type StepDiff } from "../diff";
import type { FlowDoc, Json } from "../document";
import { flow } from "../texts";
import styles from "./DiffView.module.css";

const FlowCanvas = lazy(() => import("../canvas/FlowCanvas"));

interface DiffViewProps {
  before: FlowDoc;
  after: FlowDoc;
  /** Height of the canvas; 0 for none. */
  height?: number;
}

export function DiffView({ before, after, height = 360 }: DiffViewProps) {
  const t = flow.useT();
  const diff = useMemo(() => diffFlows(before, after), [before, after]);
  if (diff.same) {
    return (
      <div className={styles.same}>
        <strong>{t("diff.same")}</strong>
        <p>{t("diff.same.text")}</p>
      </div>
    );
  }
  return (
    <div className={styles.view}>
      <Words diff={diff} />
      {height > 0 && (
        <Suspense fallback={<Loading height={height} />}>
          <FlowCanvas doc={after} diff={diff} height={height} />
        </Suspense>
      )}
    </div>
  );
}
export default DiffView;

function Words({ diff }: { diff: FlowDiff }) {
  const t = flow.useT();
  const steps = [...diff.steps.values()];
  const count = (kind: StepDiff["kind"]): number => steps.filter((step) => step.kind === kind).length;
  return (
    <section aria-label={t("diff.summary")} className={styles.words}>
      <p className={styles.summary}>
        {t("diff.summary.text", { added: count("added"), removed: count("removed"), changed: count("changed") })}
      </p>
      <ul>
        {diff.name !== undefined && <li>{t("diff.name", diff.name)}</li>}
        {diff.profile !== undefined && <li>{t("diff.profile", diff.profile)}</li>}
        {diff.parties.map((party) => (
          <PartyLine key={party.party} diff={party} />
        ))}
        {steps.map((step) => (
          <StepLine key={step.step.id} diff={step} />
        ))}
        {diff.reordered && <li>{t("diff.reordered")}</li>}
      </ul>
    </section>
  );
}

function PartyLine({ diff: { party, before, after } }: { diff: PartyDiff }) {
  const t = flow.useT();
  if (before === undefined) return <li>{t("diff.party.added", { party })}</li>;
  if (after === undefined) return <li>{t("diff.party.removed", { party })}</li>;
  const kind = (brings: string): string => t(brings === "dealer" ? "settings.kind.dealer" : "settings.kind.data");
  return <li>{t("diff.party.changed", { party, before: kind(before), after: kind(after) })}</li>;
}

const SIGNS = { added: "+", removed: "−", changed: "≠" } as const;

function StepLine({ diff: { kind, step, changes } }: { diff: StepDiff }) {
  const t = flow.useT();
  return (
    <li>
      <span className={styles.kind} data-kind={kind}>
        <span aria-hidden>{SIGNS[kind]}</span> {t(`diff.${kind}`)}
      </span>{" "}
      <code data-raw>{step.id}</code> <span className={styles.operator}>{step.operator}</span>
      {changes.length > 0 && (
        <ul>
          {changes.map((change) => (
            <ChangeLine key={`${change.what} ${change.name}`} change={change} />
          ))}
        </ul>
      )}
    </li>
  );
}

function ChangeLine({ change: { what, name, before, after } }: { change: Change }) {
  const t = flow.useT();
  const missing = {
    param: t("diff.default"),
    seat: t("diff.nobody"),
    wire: t("diff.unconnected"),
    version: t("diff.any"),
    operator: "",
  }[what];
  const text = (value: Json | undefined): string =>
    value === undefined ? missing : typeof value === "string" ? value : JSON.stringify(value);
  return <li>{t(`diff.${what}`, { name, before: text(before), after: text(after) })}</li>;
}
