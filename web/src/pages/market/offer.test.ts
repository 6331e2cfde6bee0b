import { expect, test } from "vitest";
import { endOf } from "../data/days";
import { lackingIn, NEW_OFFER, offerOf, productBodyOf } from "./offer";

const written = {
  name: "retail",
  title: { zh: "零售", en: "Retail" },
  description: { zh: "客户", en: "Customers" },
  datasets: ["customers"],
  columns: { customers: ["id", "income"] },
  contact_point: "data office",
  accrual_periodicity: "monthly" as const,
  theme: ["finance"],
  keyword: ["risk"],
  valid_until: Date.parse(endOf("2027-12-31") ?? ""),
  audience: ["hospital"],
  terms: {
    prices: [{ amount: "2", currency: "CNY", unit: "job" as const }],
    owner_share: "0.7",
    limits: { jobs: 100 },
  },
};

test("what is written becomes a form and back", () => {
  const body = productBodyOf(offerOf(written), false);
  expect(body).toEqual({
    ...written,
    valid_until: endOf("2027-12-31"),
    profile: true,
    publish: false,
    terms: { ...written.terms, operators: [], profiles: [] },
  });
});

test("what is left out does not limit", () => {
  const body = productBodyOf(
    { ...offerOf(written), share: "", jobs: "", audience: [], columns: { other: ["x"] } },
    true,
  );
  expect(body.audience).toBeNull();
  expect(body.columns).toBeNull();
  expect(body.terms).toEqual({ prices: written.terms.prices, operators: [], profiles: [] });
});

test("what lacks is told", () => {
  expect(lackingIn(NEW_OFFER)).toContain("datasets");
  expect(lackingIn(offerOf(written))).toEqual([]);
  const prices = [{ amount: "1,5", currency: "CNY", unit: "job" as const }];
  expect(lackingIn({ ...offerOf(written), prices })).toEqual(["prices"]);
});
