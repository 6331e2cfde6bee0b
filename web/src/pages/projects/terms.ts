/** The terms of an agreement as people write them, and as the node takes them. */
import type { Agreement } from "../../api/types";
import { dayOf, endOf, startOf } from "../../dates/days";
import { hundredfold, hundredth, sumOf } from "./decimals";

export interface PriceDraft {
  amount: string;
  currency: string;
  unit: "job" | "row" | "query";
  /** "": the initiator of the job. */
  payer: string;
}

/** Dates are `2027-12-31`, shares are per cent, what is not agreed is empty. */
export interface TermDraft {
  name: string;
  purpose: string;
  members: string[];
  datasets: Record<string, string[]>;
  operators: string[];
  validFrom: string;
  validUntil: string;
  initiators: string[];
  profiles: string[];
  jobs: number | "";
  periodDays: number | "";
  rows: number | "";
  prices: PriceDraft[];
  revenue: Record<string, string>;
}

export type TermFault =
  | "name"
  | "purpose"
  | "members"
  | "datasets"
  | "until"
  | "until_past"
  | "dates"
  | "price"
  | "shares"
  | "period";

const DAY_MS = 86_400_000;
const AMOUNT = /^(0|[1-9]\d{0,11})(\.\d{1,6})?$/;

/** `peers`: an only partner is a member; `brought`: the own dataset that somebody came with. */
export function emptyTerms(me: string, peers: string[] = [], brought?: string): TermDraft {
  const until = new Date();
  until.setFullYear(until.getFullYear() + 1);
  return {
    name: "",
    purpose: "",
    members: peers.length === 1 ? [me, ...peers] : [me],
    datasets: brought === undefined ? {} : { [me]: [brought] },
    operators: [],
    validFrom: "",
    validUntil: dayOf(until),
    initiators: [],
    profiles: [],
    jobs: "",
    periodDays: "",
    rows: "",
    prices: [],
    revenue: {},
  };
}

export function termsOf(agreement: Agreement): TermDraft {
  const { name, purpose, members, datasets, operators, limits } = agreement;
  return {
    name,
    purpose,
    members,
    datasets,
    operators,
    validFrom: dayOf(agreement.valid_from),
    validUntil: dayOf(agreement.valid_until),
    initiators: agreement.initiators ?? [],
    profiles: agreement.profiles ?? [],
    jobs: limits?.jobs ?? "",
    periodDays: limits?.period_ms ? limits.period_ms / DAY_MS : "",
    rows: limits?.rows ?? "",
    prices: (agreement.prices ?? []).map((price) => ({ ...price, payer: price.payer ?? "" })),
    revenue: Object.fromEntries(
      Object.entries(agreement.revenue ?? {}).map(([member, share]) => [member, hundredfold(share)]),
    ),
  };
}

/** What stands in the way of sending it. */
export function faultsOf(terms: TermDraft, now = Date.now()): TermFault[] {
  const faults: TermFault[] = [];
  if (terms.name.trim() === "") faults.push("name");
  if (terms.purpose.trim() === "") faults.push("purpose");
  if (terms.members.length < 2) faults.push("members");
  if (!Object.values(terms.datasets).some((names) => names.length > 0)) faults.push("datasets");
  if (terms.validUntil === "") faults.push("until");
  else if (Date.parse(endOf(terms.validUntil) ?? "") <= now) faults.push("until_past");
  else if (terms.validFrom !== "" && terms.validFrom > terms.validUntil) faults.push("dates");
  if (terms.prices.some((price) => !AMOUNT.test(price.amount) || !/^[A-Z]{3}$/.test(price.currency))) {
    faults.push("price");
  }
  const shares = Object.values(terms.revenue).filter((share) => share !== "");
  if (shares.length > 0 && sumOf(shares) !== 100) faults.push("shares");
  if (terms.periodDays !== "" && terms.jobs === "") faults.push("period");
  return faults;
}

/** The body of a proposal. */
export function bodyOf(terms: TermDraft) {
  const { name, purpose, operators, members } = terms;
  const plain = { name: name.trim(), purpose: purpose.trim(), members, operators, datasets: datasetsOf(terms) };
  const given = Object.fromEntries(Object.entries(conditionsOf(terms)).filter(([, value]) => value !== null));
  return { ...plain, valid_until: endOf(terms.validUntil) ?? "", ...given } as typeof plain & {
    valid_until: string;
  } & Partial<NonNullConditions>;
}

/** Only what differs; null takes a term away. */
export function changedOf(before: TermDraft, after: TermDraft) {
  const old = { ...fieldsOf(before), ...conditionsOf(before) } as Record<string, unknown>;
  const fresh = { ...fieldsOf(after), ...conditionsOf(after) } as Record<string, unknown>;
  const isSame = (field: string): boolean => JSON.stringify(old[field]) === JSON.stringify(fresh[field]);
  return Object.fromEntries(Object.entries(fresh).filter(([field]) => !isSame(field)));
}

function fieldsOf(terms: TermDraft) {
  const { name, purpose, operators } = terms;
  return { name, purpose, operators, datasets: datasetsOf(terms), valid_until: endOf(terms.validUntil) ?? "" };
}

type Conditions = ReturnType<typeof conditionsOf>;
type NonNullConditions = { [K in keyof Conditions]: NonNullable<Conditions[K]> };

function conditionsOf(terms: TermDraft) {
  const { jobs, rows, periodDays } = terms;
  const some = (names: string[]): string[] | null => (names.length > 0 ? names : null);
  const limits = {
    ...(jobs === "" ? {} : { jobs }),
    ...(rows === "" ? {} : { rows }),
    ...(periodDays === "" ? {} : { period_ms: Math.round(periodDays * DAY_MS) }),
  };
  const shares = Object.entries(terms.revenue).filter(([, share]) => share !== "");
  return {
    valid_from: startOf(terms.validFrom),
    limits: Object.keys(limits).length > 0 ? limits : null,
    initiators: some(terms.initiators),
    profiles: some(terms.profiles),
    prices:
      terms.prices.length > 0
        ? terms.prices.map(({ payer, ...price }) => (payer === "" ? price : { ...price, payer }))
        : null,
    revenue: shares.length > 0 ? Object.fromEntries(shares.map(([member, part]) => [member, hundredth(part)])) : null,
  };
}

const datasetsOf = (terms: TermDraft): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(terms.datasets).filter(([member, names]) => names.length > 0 && terms.members.includes(member)),
  );
