/** Steps and what they reveal, in words. */
import type { Disclosed, Operator, Wording } from "../../api/types";
import type { FlowStep, Specs } from "../document";
import { specOf } from "../document";
import type { Words } from "./words";

/** One sentence for who cannot see the box. */
export function describeStep(step: FlowStep, specs: Specs, { t, w }: Words, problems = 0): string {
  const spec = specOf(specs, step);
  const titleOf = (name: string): string => w(spec?.roles.find((role) => role.name === name)?.title) || name;
  const seats = Object.entries(step.at).map(([role, party]) => `${titleOf(role)} ${party}`);
  const title = spec === undefined ? step.operator : w(spec.title);
  return [step.id, title, ...seats, ...(problems > 0 ? [t("box.problems", { count: problems })] : [])].join(", ");
}

export interface Learnt {
  party: string;
  role: string;
  what: Wording;
}

/** What each party learns from a step: as the node says for this flow, or as declared, with the parties in their seats. */
export function revealed(
  step: FlowStep,
  spec: Operator | undefined,
  said?: Readonly<Record<string, readonly Disclosed[]>>,
): { lines: Learnt[]; exact: boolean } {
  if (said !== undefined) {
    const roleOf = (party: string): string => Object.entries(step.at).find(([, who]) => who === party)?.[0] ?? "";
    const lines = Object.entries(said).flatMap(([party, list]) =>
      list
        .filter((line) => line.step === step.id)
        .map(({ zh, en }) => ({ party, role: roleOf(party), what: { zh, en } })),
    );
    return { lines, exact: true };
  }
  const seated = (text: string): string => text.replace(/\{(\w+)\}/g, (_, role: string) => step.at[role] ?? role);
  const lines = (spec?.disclosure ?? []).flatMap(({ learner, what }) => {
    const optional = spec?.roles.find((role) => role.name === learner)?.optional === true;
    if (optional && step.at[learner] === undefined) return [];
    const party = step.at[learner] ?? learner;
    return [{ party, role: learner, what: { zh: seated(what.zh), en: seated(what.en) } }];
  });
  return { lines, exact: false };
}
