/** A rule as it is written in the form, and as the node takes it. Pure. */
import { endOf } from "../../dates/days";

export interface RuleDraft {
  note: string;
  initiators: string[];
  datasets: string[];
  operators: string[];
  agreements: string[];
  maxLevel: number;
  maxRows?: number;
  maxUses?: number;
  rateJobs?: number;
  rateDays: number;
  /** A day, as date fields give it; "": without end. */
  until: string;
}

export const EMPTY: RuleDraft = {
  note: "",
  initiators: [],
  datasets: [],
  operators: [],
  agreements: [],
  maxLevel: 3,
  rateDays: 7,
  until: "",
};

const DAY_S = 86_400;
const some = (names: string[]): string[] | undefined => (names.length === 0 ? undefined : names);

/** The node refuses a rule that names nobody and nothing. */
export const tooWide = (draft: RuleDraft): boolean =>
  [draft.initiators, draft.datasets, draft.operators, draft.agreements].every((names) => names.length === 0);

export function ruleBody(draft: RuleDraft) {
  return {
    note: draft.note,
    initiators: some(draft.initiators),
    datasets: some(draft.datasets),
    operators: some(draft.operators),
    agreements: some(draft.agreements),
    max_level: draft.maxLevel,
    max_rows: draft.maxRows,
    max_uses: draft.maxUses,
    rate: draft.rateJobs === undefined ? undefined : { jobs: draft.rateJobs, period_s: draft.rateDays * DAY_S },
    valid_until: endOf(draft.until) ?? undefined,
  };
}
