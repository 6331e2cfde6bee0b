import { expect, test } from "vitest";
import { joint } from "../fixtures/flows";
import { duesOf, type Prices } from "./price";

const price = (amount: string, unit: "job" | "row" | "query", payer: string | null = null): Prices[number] => ({
  amount,
  currency: "CNY",
  unit,
  payer,
});

test("the initiator pays for the job and for the data of others, where nobody else is named", () => {
  const prices = [price("2.50", "job"), price("0.20", "query")];
  expect(duesOf(prices, joint(), "hospital")).toEqual([
    { payer: "hospital", currency: "CNY", amount: 2.7, byRows: false },
  ]);
});

test("a named payer pays instead, and nobody pays for own data", () => {
  const both = [price("1", "query", "notary"), price("2", "job", "lab")];
  expect(duesOf(both, joint(), "hospital").map(({ payer, amount }) => [payer, amount])).toEqual([
    ["notary", 2],
    ["lab", 2],
  ]);
});

test("rows are not known before, and are said to come on top", () => {
  expect(duesOf([price("0.01", "row")], joint(), "hospital")[0]).toMatchObject({ amount: null, byRows: true });
  expect(duesOf([price("0.01", "row"), price("3", "job")], joint(), "hospital")[0]).toMatchObject({
    amount: 3,
    byRows: true,
  });
});

test("no price, nothing due", () => {
  expect(duesOf([], joint(), "hospital")).toEqual([]);
});
