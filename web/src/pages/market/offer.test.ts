import { expect, test } from "vitest";
import { endOf } from "../../dates/days";
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
    prices: [
      { amount: "2", currency: "CNY", unit: "job" as const },
      { amount: "0.01", currency: "CNY", unit: "row" as const, payer: "hospital" },
    ],
    owner_share: "0.7",
    operators: ["psi"],
    profiles: ["2pc-dealer"],
    limits: { jobs: 100, rows: 5000, period_ms: 30 * 86_400_000 },
  },
};

test("what is written becomes a form and back", () => {
  const body = productBodyOf(offerOf(written), false);
  expect(body).toEqual({
    ...written,
    valid_until: endOf("2027-12-31"),
    profile: true,
    publish: false,
  });
});

test("a form that nobody changed changes nothing", () => {
  const until = Date.parse("2027-03-01T08:15:00Z");
  const odd = {
    ...written,
    valid_until: until,
    audience: [],
    profile: false,
    terms: { ...written.terms, owner_share: "0.000000001", limits: { period_ms: 90_000 } },
  };
  const body = productBodyOf(offerOf(odd), false);
  expect(body).toEqual({ ...odd, valid_until: new Date(until).toISOString(), publish: false });
  expect(productBodyOf({ ...offerOf(odd), until: "" }, false).valid_until).toBeNull();
});

test("who may see it is everybody only where that was said", () => {
  expect(offerOf({ ...written, audience: null }).audience).toBeNull();
  expect(productBodyOf({ ...offerOf(written), audience: null }, false).audience).toBeNull();
  expect(productBodyOf({ ...offerOf(written), audience: [] }, false).audience).toEqual([]);
});

test("what is left out does not limit", () => {
  const body = productBodyOf(
    { ...NEW_OFFER, prices: written.terms.prices, datasets: ["customers"], columns: { other: ["x"] } },
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
