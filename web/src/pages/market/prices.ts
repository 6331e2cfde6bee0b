/** Prices in words. */
import type { ProductTerms } from "../../api/types";
import { useFormat } from "../../core/format";
import { market } from "./texts";

export type Price = NonNullable<ProductTerms["prices"]>[number];

export function usePriceText(): (price: Price) => string {
  const t = market.useT();
  const format = useFormat();
  return ({ amount, currency, unit }) => {
    const small = Number(amount) < 0.01 && Number(amount) > 0;
    const sum = small ? `${amount} ${currency}` : format.money(amount, currency);
    return t(`price.per.${unit}`, { sum });
  };
}
