import { expect, it } from "vitest";
import vectors from "../../core/fixtures/vectors.json";
import { receiptIn } from "./Foreign";

it("finds a receipt, alone or in a bundle, and nothing else", () => {
  const { receipt } = vectors;
  expect(receiptIn(JSON.stringify(receipt))?.receipt.job_id).toBe(receipt.receipt.job_id);
  expect(receiptIn(JSON.stringify({ receipt, keys: {} }))?.receipt.job_id).toBe(receipt.receipt.job_id);
  expect(receiptIn("{}")).toBeUndefined();
  expect(receiptIn("no json")).toBeUndefined();
});
