/** What bills bring and cost this organisation, by month. */
import type { MonthlyBill } from "./data";

export interface MonthSum {
  month: string;
  earned: number;
  owed: number;
}

export const currenciesOf = (bills: MonthlyBill[]): string[] =>
  [...new Set(bills.flatMap(({ bill }) => bill.payments.map(({ currency }) => currency)))].sort();

/** For charts only: sums of money as figures, which the bills themselves never are. */
export function sumsOf(bills: MonthlyBill[], months: string[], me: string, currency: string): MonthSum[] {
  return months.map((month) => {
    const payments = bills
      .filter((each) => each.month === month)
      .flatMap(({ bill }) => bill.payments)
      .filter((payment) => payment.currency === currency);
    const sum = (role: "payer" | "receiver"): number =>
      payments.filter((payment) => payment[role] === me).reduce((total, { amount }) => total + Number(amount), 0);
    return { month, earned: sum("receiver"), owed: sum("payer") };
  });
}
