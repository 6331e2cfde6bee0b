/** What an owner offers, as a form holds it. */
import type { ProductBody } from "../../api/types";
import { dayOf, endOf } from "../data/days";

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
  audience: string[];
  profile: boolean;
  prices: { amount: string; currency: string; unit: "job" | "row" | "query" }[];
  /** The owner's share of the revenue in percent, or "". */
  share: string;
  operators: string[];
  jobs: string;
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
  audience: [],
  profile: true,
  prices: [],
  share: "",
  operators: [],
  jobs: "",
  rows: "",
};
export const OFTEN = ["once", "continuous", "daily", "weekly", "monthly", "quarterly", "yearly", "irregular"] as const;

const numberOr = (text: string): number | null => (text.trim() === "" ? null : Number(text));

export function offerOf(written: Partial<Omit<ProductBody, "valid_until">> & { valid_until?: unknown }): Offer {
  const { title, description, terms } = written;
  const share = terms?.owner_share == null ? "" : String(Math.round(Number(terms.owner_share) * 1e9) / 1e7);
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
    until: dayOf(written.valid_until as string | number | null | undefined),
    audience: written.audience ?? [],
    profile: written.profile ?? true,
    prices: (terms?.prices ?? []).map(({ amount, currency, unit }) => ({ amount, currency, unit })),
    share,
    operators: terms?.operators ?? [],
    jobs: terms?.limits?.jobs == null ? "" : String(terms.limits.jobs),
    rows: terms?.limits?.rows == null ? "" : String(terms.limits.rows),
  };
}

export function productBodyOf(offer: Offer, publish: boolean): ProductBody {
  const { jobs, rows } = { jobs: numberOr(offer.jobs), rows: numberOr(offer.rows) };
  const shown = Object.entries(offer.columns).filter(
    ([name, columns]) => offer.datasets.includes(name) && columns.length > 0,
  );
  const limited = jobs !== null || rows !== null;
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
    valid_until: endOf(offer.until),
    audience: offer.audience.length > 0 ? offer.audience : null,
    profile: offer.profile,
    publish,
    terms: {
      prices: offer.prices,
      operators: offer.operators,
      profiles: [],
      ...(offer.share.trim() === "" ? {} : { owner_share: shareOf(offer.share) }),
      ...(limited ? { limits: { ...(jobs === null ? {} : { jobs }), ...(rows === null ? {} : { rows }) } } : {}),
    },
  };
}

/** Percent as a decimal fraction without rounding errors: "70" becomes "0.7". */
const shareOf = (percent: string): string => String(Math.round(Number(percent) * 1e7) / 1e9);

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
