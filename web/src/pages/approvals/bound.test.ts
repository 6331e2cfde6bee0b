import { expect, it } from "vitest";
import { hashOf } from "./bound";

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
