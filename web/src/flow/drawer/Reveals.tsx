/** What each party learns from one step. */
import type { Explained, Operator } from "../../api/types";
import { own } from "../../core/own";
import { useMe } from "../../core/session";
import { type DisclosedLine, Disclosures } from "../../ui/Disclosures";
import type { FlowStep } from "../document";
import { sides } from "../sides/texts";
import { useFlow } from "../store";
import styles from "./Drawer.module.css";

export type ByParty = Record<string, DisclosedLine[]>;

export function Reveals({ step, spec }: { step: FlowStep; spec: Operator | undefined }) {
  const t = sides.useT();
  const me = useMe().node?.name;
  const explained = useFlow((state) => state.explained);
  const exact = explained === undefined ? undefined : learnedFrom(explained, step);
  const lines = exact ?? (spec === undefined ? undefined : declared(step, spec));
  if (lines === undefined) return <p className={styles.quiet}>{t("drawer.unknown", { operator: step.operator })}</p>;
  return (
    <div className={styles.stack}>
      <p className={styles.quiet}>{exact === undefined ? t("reveals.declared") : t("reveals.lead")}</p>
      <Disclosures of={lines} me={me} />
    </div>
  );
}

/** The lines of one step, with a place for each party that sits there. */
export function learnedFrom(explained: Explained, step: FlowStep): ByParty {
  const parties = Object.values(step.at);
  return Object.fromEntries(
    parties.map((party) => [party, (own(explained.disclosures, party) ?? []).filter((line) => line.step === step.id)]),
  );
}

/** What the operator declares, with parties in place of roles: true for its default parameters. */
export function declared(step: FlowStep, spec: Operator): ByParty {
  const filled = (text: string): string =>
    text.replace(/\{(\w+)\}/g, (_, role: string) => step.at[role] ?? `{${role}}`);
  const found: ByParty = {};
  for (const role of spec.roles) {
    const party = step.at[role.name];
    if (party === undefined) continue;
    found[party] = spec.disclosure
      .filter((line) => line.learner === role.name && line.code !== "nothing")
      .map((line) => ({ step: step.id, code: line.code, zh: filled(line.what.zh), en: filled(line.what.en) }));
  }
  return found;
}
