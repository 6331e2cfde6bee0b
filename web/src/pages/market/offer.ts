/** What an owner offers, as a form holds it. */
import type { ProductBody, ProductTerms } from "../../api/types";
import { dayOf, endOf } from "../../dates/days";

export interface Offer {
  name: string;
  titleZh: string;
  titleEn: string;
  descriptionZh: string;
  descriptionEn: string;
  datasets: string[];
  /** Dataset to the columns that are shown; a dataset that is not here shows all. */
  columns: Record<string, string[]>;
  contact: string;
  often: NonNullable<ProductBody["accrual_periodicity"]>;
  theme: string[];
  keyword: string[];
  /** A day, or "". */
  until: string;
  /** The moment that was written, which a day tells only in part. */
  writtenUntil?: number;
  /** null: all partners. */
  audience: string[] | null;
  profile: boolean;
  /** No `payer`: the initiator. */
  prices: NonNullable<ProductTerms["prices"]>[number][];
  /** The owner's share of the revenue in percent, or "". */
  share: string;
  operators: string[];
  profiles: string[];
  jobs: string;
  /** In each how many days; "": in all the time. */
  days: string;
  rows: string;
}

export const NEW_OFFER: Offer = {
  name: "",
  titleZh: "",
  titleEn: "",
  descriptionZh: "",
  descriptionEn: "",
  datasets: [],
  columns: {},
  contact: "",
  often: "irregular",
  theme: [],
  keyword: [],
  until: "",
  audience: null,
  profile: true,
  prices: [],
  share: "",
  operators: [],
  profiles: [],
  jobs: "",
  days: "",
  rows: "",
};
export const OFTEN = ["once", "continuous", "daily", "weekly", "monthly", "quarterly", "yearly", "irregular"] as const;

const DAY = 86_400_000;

const textOf = (value: number | null | undefined): string => (value == null ? "" : String(value));
const numberOr = (text: string): number | null => (text.trim() === "" ? null : Number(text));

type Written = Partial<Omit<ProductBody, "valid_until">> & { valid_until?: number | string | null };

export function offerOf(written: Written): Offer {
  const { title, description, valid_until: until } = written;
  return {
    ...NEW_OFFER,
    name: written.name ?? "",
    titleZh: title?.zh ?? "",
    titleEn: title?.en ?? "",
    descriptionZh: description?.zh ?? "",
    descriptionEn: description?.en ?? "",
    datasets: written.datasets ?? [],
    columns: written.columns ?? {},
    contact: written.contact_point ?? "",
    often: written.accrual_periodicity ?? "irregular",
    theme: written.theme ?? [],
    keyword: written.keyword ?? [],
    until: dayOf(until),
    ...(until == null ? {} : { writtenUntil: new Date(until).getTime() }),
    audience: written.audience ?? null,
    profile: written.profile ?? true,
    ...partsOf(written.terms ?? {}),
  };
}

type Parts = Pick<Offer, "prices" | "share" | "operators" | "profiles" | "jobs" | "days" | "rows">;

function partsOf({ prices, owner_share, operators, profiles, limits }: ProductTerms): Parts {
  const period = limits?.period_ms;
  return {
    prices: prices ?? [],
    share: owner_share == null ? "" : String(Math.round(Number(owner_share) * 1e9) / 1e7),
    operators: operators ?? [],
    profiles: profiles ?? [],
    jobs: textOf(limits?.jobs),
    days: textOf(period == null ? null : period / DAY),
    rows: textOf(limits?.rows),
  };
}

export function productBodyOf(offer: Offer, publish: boolean): ProductBody {
  const shown = Object.entries(offer.columns).filter(
    ([name, columns]) => offer.datasets.includes(name) && columns.length > 0,
  );
  return {
    name: offer.name.trim(),
    title: { zh: offer.titleZh.trim(), en: offer.titleEn.trim() },
    description: { zh: offer.descriptionZh.trim(), en: offer.descriptionEn.trim() },
    datasets: offer.datasets,
    columns: shown.length > 0 ? Object.fromEntries(shown) : null,
    contact_point: offer.contact.trim(),
    accrual_periodicity: offer.often,
    theme: offer.theme,
    keyword: offer.keyword,
    valid_until: untilOf(offer),
    audience: offer.audience,
    profile: offer.profile,
    publish,
    terms: termsOf(offer),
  };
}

function untilOf({ until, writtenUntil }: Offer): string | null {
  const same = writtenUntil !== undefined && until === dayOf(writtenUntil);
  return same ? new Date(writtenUntil).toISOString() : endOf(until);
}

function termsOf(offer: Offer): ProductTerms {
  const [jobs, days, rows] = [numberOr(offer.jobs), numberOr(offer.days), numberOr(offer.rows)];
  const limits = {
    ...(jobs === null ? {} : { jobs }),
    ...(days === null ? {} : { period_ms: Math.round(days * DAY) }),
    ...(rows === null ? {} : { rows }),
  };
  return {
    prices: offer.prices,
    operators: offer.operators,
    profiles: offer.profiles,
    ...(offer.share.trim() === "" ? {} : { owner_share: shareOf(offer.share) }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  };
}

/** Percent as a decimal fraction without rounding errors and exponents: "70" becomes "0.7". */
const shareOf = (percent: string): string => (Math.round(Number(percent) * 1e7) / 1e9).toFixed(9).replace(/\.?0+$/, "");

export type OfferField =
  | "name"
  | "titleZh"
  | "titleEn"
  | "descriptionZh"
  | "descriptionEn"
  | "datasets"
  | "contact"
  | "prices";

/** What has to be filled, or filled otherwise, before it can be kept. */
export function lackingIn(offer: Offer): OfferField[] {
  const texts = (["titleZh", "titleEn", "descriptionZh", "descriptionEn", "contact"] as const).filter(
    (field) => offer[field].trim() === "",
  );
  return [
    ...(/^[a-z][a-z0-9_-]{0,62}$/.test(offer.name.trim()) ? [] : (["name"] as const)),
    ...texts,
    ...(offer.datasets.length > 0 ? [] : (["datasets"] as const)),
    ...(offer.prices.every(isPrice) ? [] : (["prices"] as const)),
  ];
}

export const isPrice = ({ amount, currency }: Offer["prices"][number]): boolean =>
  /^(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?$/.test(amount) && /^[A-Z]{3}$/.test(currency);
