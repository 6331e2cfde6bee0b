/** The document of a policy as a form holds it. */
import type { PolicyBody, PolicyBounds, PolicyExemption, PolicyRule, PolicyScope } from "../../../api/types";

export const SCOPE_PARTS = [
  "columns",
  "uses",
  "receivers",
  "initiators",
  "operators",
  "functions",
  "after",
  "agreements",
  "purposes",
  "profiles",
  "valid_from",
  "valid_until",
] as const;
export type ScopePart = (typeof SCOPE_PARTS)[number];
export const BOUND_PARTS = [
  "min_group",
  "min_result",
  "dominance",
  "rounding",
  "min_width",
  "max_rows",
  "dp",
  "probing",
  "rate",
  "retention_days",
  "obligations",
] as const;
export type BoundPart = (typeof BOUND_PARTS)[number];
export const USES = [
  "read",
  "join_key",
  "group_key",
  "filter",
  "aggregate",
  "feature",
  "label",
  "score",
  "plaintext",
] as const;
export const AFTER = ["nothing", "join", "group_by", "aggregate", "compare", "score"] as const;
export const EFFECTS = ["deny", "only", "limit"] as const;
export type Effect = (typeof EFFECTS)[number];
/** What begins a bound that is added. */
export const FIRST_BOUND: Required<{ [K in BoundPart]: NonNullable<PolicyBounds[K]> }> = {
  min_group: 10,
  min_result: 100,
  dominance: 0.5,
  rounding: 10,
  min_width: 2,
  max_rows: 1_000_000,
  dp: { epsilon: 0.5, total: 10 },
  probing: { runs: 3, days: 30 },
  rate: { jobs: 20, hours: 24 },
  retention_days: 90,
  obligations: [],
};

/** One rule or exception; an exception has the effect "lift". */
export interface Clause {
  id: string;
  effect: Effect | "lift";
  note: string;
  scope: PolicyScope;
  bounds: PolicyBounds;
}
export interface Draft {
  note: string;
  clauses: Clause[];
  /** Number of the version that it began from; undefined: from nothing. */
  from?: number;
}
type Document = Pick<PolicyBody, "note" | "rules" | "exceptions">;

const filled = <X extends object>(thing: X | null | undefined): X =>
  Object.fromEntries(Object.entries(thing ?? {}).filter(([, value]) => isSaid(value))) as X;
const isSaid = (value: unknown): boolean =>
  value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0);

export function draftOf(policy: Document, from?: number): Draft {
  const clause = (one: PolicyRule | PolicyExemption, effect: Clause["effect"]): Clause => ({
    id: one.id,
    effect,
    note: one.note ?? "",
    scope: filled<PolicyScope>(one.scope),
    bounds: filled<PolicyBounds>(one.bounds),
  });
  const rules = (policy.rules ?? []).map((rule) => clause(rule, rule.effect));
  const exceptions = (policy.exceptions ?? []).map((one) => clause(one, "lift"));
  return { note: policy.note ?? "", clauses: [...rules, ...exceptions], from };
}

export function bodyOf({ note, clauses }: Draft): PolicyBody {
  const shared = ({ id, note: said, scope, bounds }: Clause) => ({
    id,
    note: said,
    scope: filled<PolicyScope>(scope),
    bounds: { obligations: [], ...filled<PolicyBounds>(bounds) },
  });
  const rules = clauses.flatMap((one) => (one.effect === "lift" ? [] : [{ ...shared(one), effect: one.effect }]));
  return { note, rules, exceptions: clauses.filter((one) => one.effect === "lift").map(shared) } as PolicyBody;
}

/** A clause to begin with, with a name that is free. */
export function newClause(effect: Clause["effect"], clauses: Clause[]): Clause {
  const taken = new Set(clauses.map((one) => one.id));
  let number = 1;
  while (taken.has(`${effect}-${number}`)) number += 1;
  const scope: PolicyScope = effect === "lift" ? { columns: [], uses: [] } : effect === "limit" ? {} : { columns: [] };
  const bounds: PolicyBounds = effect === "limit" ? { min_group: FIRST_BOUND.min_group } : {};
  return { id: `${effect}-${number}`, effect, note: "", scope, bounds };
}

export type ClauseFault = "id" | "twice" | "no_bound" | "no_columns" | "no_uses";
const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** What the node would refuse, told before it is sent. */
export function faultsOf(clause: Clause, all: Clause[]): ClauseFault[] {
  const { id, effect, scope, bounds } = clause;
  const faults: (ClauseFault | false)[] = [
    !ID.test(id) && "id",
    all.some((other) => other !== clause && other.id === id) && "twice",
    effect === "limit" && Object.keys(filled<PolicyBounds>(bounds)).length === 0 && "no_bound",
    effect === "lift" && !scope.columns?.length && "no_columns",
    effect === "lift" && !scope.uses?.length && "no_uses",
  ];
  return faults.filter((fault) => fault !== false);
}

/** Parts of a scope or of bounds that are there, in their usual order. */
export const presentIn = <K extends string>(parts: readonly K[], thing: object): K[] =>
  parts.filter((part) => part in thing && (thing as Record<string, unknown>)[part] !== null);
