import { expect, test } from "vitest";
import { hundredfold, hundredth, sumOf } from "./decimals";
import { bodyOf, changedOf, emptyTerms, faultsOf, type TermDraft } from "./terms";
import { differencesOf } from "./words";

const sound: TermDraft = {
  ...emptyTerms("hospital"),
  name: "Study",
  purpose: "To learn",
  members: ["hospital", "lab"],
  datasets: { hospital: ["patients"], lab: ["tests"] },
};

test("shares stay exact", () => {
  for (const [share, percent] of [
    ["0.7", "70"],
    ["1", "100"],
    ["0.333333333", "33.3333333"],
    ["0.005", "0.5"],
  ] as const) {
    expect(hundredfold(share)).toBe(percent);
    expect(hundredth(percent)).toBe(share);
  }
  expect(sumOf(["33.3333333", "33.3333333", "33.3333334"])).toBe(100);
  expect(sumOf(["x"])).toBeNaN();
});

test("what is missing is named", () => {
  expect(faultsOf(emptyTerms("hospital"))).toEqual(["name", "purpose", "members", "datasets"]);
  expect(faultsOf(sound)).toEqual([]);
  expect(faultsOf({ ...sound, revenue: { hospital: "60", lab: "30" } })).toEqual(["shares"]);
  expect(faultsOf({ ...sound, validUntil: "2020-01-01" })).toEqual(["until_past"]);
  expect(faultsOf({ ...sound, prices: [{ amount: "1,5", currency: "CNY", unit: "job", payer: "" }] })).toEqual([
    "price",
  ]);
});

test("what is not agreed is not said", () => {
  expect(Object.keys(bodyOf(sound)).sort()).toEqual([
    "datasets",
    "members",
    "name",
    "operators",
    "purpose",
    "valid_until",
  ]);
  const priced = {
    ...sound,
    prices: [{ amount: "2", currency: "CNY", unit: "job", payer: "" } as const],
    jobs: 10 as const,
  };
  expect(bodyOf(priced)).toMatchObject({
    prices: [{ amount: "2", currency: "CNY", unit: "job" }],
    limits: { jobs: 10 },
  });
});

test("a counter-offer holds what differs, and null for what is taken away", () => {
  const limited: TermDraft = { ...sound, jobs: 10 };
  expect(changedOf(limited, sound)).toEqual({ limits: null });
  expect(changedOf(sound, { ...sound, purpose: "To know" })).toEqual({ purpose: "To know" });
  expect(changedOf(sound, sound)).toEqual({});
});

test("differences are named by term", () => {
  const fresh: TermDraft = {
    ...sound,
    datasets: { hospital: ["patients"], lab: [] },
    rows: 1000,
    revenue: { lab: "100" },
  };
  expect(differencesOf(sound, fresh)).toEqual([
    { field: "datasets.lab", before: ["tests"], after: undefined },
    { field: "limits.rows", before: undefined, after: 1000 },
    { field: "revenue.lab", before: undefined, after: "1" },
  ]);
});

test("an only partner is a member from the start; a dataset that was brought is of the project", () => {
  expect(emptyTerms("a", ["b"], "people")).toMatchObject({ members: ["a", "b"], datasets: { a: ["people"] } });
  expect(emptyTerms("a", ["b", "c"])).toMatchObject({ members: ["a"], datasets: {} });
});
