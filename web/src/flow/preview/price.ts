/** What one job costs under an agreement, by the node's own rule: whoever pays does not pay for their own data. */
import type { Agreement } from "../../api/types";
import type { FlowDoc } from "../document";
import { read } from "./agreements";

export type Prices = NonNullable<Agreement["prices"]>;

/** What one party pays in one currency. */
export interface Due {
  payer: string;
  currency: string;
  /** Of jobs and queries, which are known before; null: all of it depends on rows. */
  amount: number | null;
  /** Rows are counted on top. */
  byRows: boolean;
}

export function duesOf(prices: Prices, doc: FlowDoc, initiator: string): Due[] {
  const dues = new Map<string, Due>();
  for (const price of prices) {
    const payer = price.payer ?? initiator;
    const key = `${payer} ${price.currency}`;
    const due = dues.get(key) ?? { payer, currency: price.currency, amount: null, byRows: false };
    const foreign = read(doc).filter(({ party }) => party !== payer).length;
    const count = { job: 1, query: foreign, row: null }[price.unit];
    const added = count === null ? null : Number(price.amount) * count;
    dues.set(key, {
      ...due,
      amount: added === null ? due.amount : (due.amount ?? 0) + added,
      byRows: due.byRows || (price.unit === "row" && foreign > 0),
    });
  }
  return [...dues.values()].filter(({ amount, byRows }) => byRows || (amount ?? 0) > 0);
}
