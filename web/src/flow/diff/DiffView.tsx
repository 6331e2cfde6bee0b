/** What differs between two flows: in words, and on the canvas. */
import { lazy, Suspense, useMemo } from "react";
import { Loading } from "../../ui/Async";
import { type Change, diffFlows, type FlowDiff, type PartyDiff, type StepDiff } from "../diff";
import type { FlowDoc } from "../document";
import { flow } from "../texts";
import styles from "./DiffView.module.css";
import { useNames, useSpecs } from "./names";
import { differs } from "./texts";

const FlowCanvas = lazy(() => import("../canvas/FlowCanvas"));

interface DiffViewProps {
  before: FlowDoc;
  after: FlowDoc;
  /** Height of the canvas; 0 for none. */
  height?: number;
}

export function DiffView({ before, after, height = 360 }: DiffViewProps) {
  const t = flow.useT();
  const words = differs.useT();
  const specs = useSpecs();
  const diff = useMemo(() => diffFlows(before, after, specs), [before, after, specs]);
  if (diff.same) {
    return (
      <div className={styles.same}>
        <strong>{t("diff.same")}</strong>
        <p>{diff.spelled ? words("spelled") : t("diff.same.text")}</p>
      </div>
    );
  }
  return (
    <div className={styles.view}>
      <Words diff={diff} before={before} after={after} />
      {height > 0 && (
        <Suspense fallback={<Loading height={height} />}>
          <FlowCanvas doc={after} diff={diff} height={height} />
        </Suspense>
      )}
    </div>
  );
}
export default DiffView;

function Words({ diff, before, after }: { diff: FlowDiff; before: FlowDoc; after: FlowDoc }) {
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
          <StepLine key={step.step.id} diff={step} before={before} after={after} />
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

interface StepLineProps {
  diff: StepDiff;
  before: FlowDoc;
  after: FlowDoc;
}

function StepLine({ diff: { kind, step, changes }, before, after }: StepLineProps) {
  const t = flow.useT();
  const names = useNames(step, { before, after });
  return (
    <li>
      <span className={styles.kind} data-kind={kind}>
        <span aria-hidden>{SIGNS[kind]}</span> {t(`diff.${kind}`)}
      </span>{" "}
      <code data-raw>{step.id}</code> <span className={styles.operator}>{names.operator(step.operator)}</span>
      {changes.length > 0 && (
        <ul>
          {changes.map((change) => (
            <ChangeLine key={`${change.what} ${change.name}`} change={change} names={names} />
          ))}
        </ul>
      )}
    </li>
  );
}

function ChangeLine({ change, names }: { change: Change; names: ReturnType<typeof useNames> }) {
  const t = flow.useT();
  const { what } = change;
  return (
    <li>
      {t(`diff.${what}`, {
        name: names.name(change),
        before: names.value(change, "before"),
        after: names.value(change, "after"),
      })}
    </li>
  );
}
