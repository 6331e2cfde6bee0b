/** Prices and security profiles in words. */
import type { ProductTerms } from "../../api/types";
import { useFormat } from "../../core/format";
import { market } from "./texts";

export type Price = NonNullable<ProductTerms["prices"]>[number];

export function usePriceText(): (price: Price) => string {
  const t = market.useT();
  const format = useFormat();
  return ({ amount, currency, unit, payer }) => {
    const small = Number(amount) < 0.01 && Number(amount) > 0;
    const sum = small ? `${amount} ${currency}` : format.money(amount, currency);
    const priced = t(`price.per.${unit}`, { sum });
    return payer == null ? priced : t("price.paid_by", { price: priced, payer });
  };
}

export function useProfileText(): (profile: string) => string {
  const t = market.useT();
  return (profile) => (profile === "2pc" || profile === "2pc-dealer" ? t(`profile.${profile}`) : profile);
}
