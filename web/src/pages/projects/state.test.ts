import { expect, test } from "vitest";
import type { Agreement } from "../../api/types";
import { hearsOfAll, isOwnOffer, unsigned } from "./state";

const agreement = {
  members: ["hospital", "lab", "notary"],
  proposer: "hospital",
  author: "hospital",
  stage: "ACCEPTED",
  signatures: { hospital: "a", lab: "b" },
} as unknown as Agreement;

test("with three members, two signatures are not all", () => {
  expect(unsigned(agreement)).toEqual(["notary"]);
  expect(unsigned({ ...agreement, signatures: { hospital: "a", lab: "b", notary: "c" } } as Agreement)).toEqual([]);
});

test("who has signed is known to the proposer at once, to the others once all have", () => {
  expect([hearsOfAll(agreement, "hospital"), hearsOfAll(agreement, "notary")]).toEqual([true, false]);
  expect(hearsOfAll({ ...agreement, stage: "VERIFIED" }, "notary")).toBe(true);
});

test("only whoever made an offer withdraws it; others end the negotiation", () => {
  expect([isOwnOffer(agreement, "hospital"), isOwnOffer(agreement, "lab")]).toEqual([true, false]);
  expect(isOwnOffer({ ...agreement, author: "lab" }, "lab")).toBe(true);
});
