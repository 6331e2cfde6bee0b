import { expect, it } from "vitest";
import { hashOf, isOffer } from "./bound";

const hash = "ab".repeat(32);

it("an approval is bound to the hash that is part of the subject", () => {
  expect(hashOf({ kind: "agreement", subject: `agr-1 ${hash}` })).toBe(hash);
  expect(hashOf({ kind: "policy", subject: `tests 1 ${hash}` })).toBe(hash);
  expect(hashOf({ kind: "model", subject: `risk 0123 ${hash}` })).toBe(hash);
});

it("what has no hash is bound to none", () => {
  expect(hashOf({ kind: "policy", subject: "tests 1" })).toBeUndefined();
  expect(hashOf({ kind: "grant", subject: hash })).toBeUndefined();
});

it("terms of another offer are not what an item is about", () => {
  const item = { kind: "agreement", subject: `agr-1 ${hash}` } as const;
  expect(isOffer(item, { hash })).toBe(true);
  expect(isOffer(item, { hash: "cd".repeat(32) })).toBe(false);
  expect(isOffer(item, undefined)).toBe(false);
});
