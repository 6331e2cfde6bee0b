import { expect, it } from "vitest";
import { EMPTY, ruleBody, tooWide } from "./rule";

it("an empty rule is too wide; one that names an initiator is not", () => {
  expect(tooWide({ ...EMPTY, maxRows: 10 })).toBe(true);
  expect(tooWide({ ...EMPTY, initiators: ["lab"] })).toBe(false);
});

it("what is left open is not said", () => {
  const body = JSON.parse(JSON.stringify(ruleBody({ ...EMPTY, initiators: ["lab"], rateJobs: 2 })));
  expect(body).toEqual({
    note: "",
    initiators: ["lab"],
    max_level: 3,
    rate: { jobs: 2, period_s: 604_800 },
  });
});

it("a rule holds to the end of its last day", () => {
  const until = ruleBody({ ...EMPTY, until: "2027-06-30" }).valid_until ?? "";
  expect(new Date(until).getTime()).toBe(new Date("2027-06-30T23:59:59").getTime());
});
