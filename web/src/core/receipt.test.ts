/** Receipts that were made to deceive: none of them may pass every check. */
import { webcrypto } from "node:crypto";
import { beforeAll, expect, it, vi } from "vitest";
import vectors from "./fixtures/vectors.json";
import { type Check, checkReceipt, flowHash, isReceipt, type SignedReceipt } from "./receipt";

beforeAll(() => {
  vi.stubGlobal("crypto", webcrypto); // jsdom has no WebCrypto
});

const copy = (): SignedReceipt => structuredClone(vectors.receipt as unknown as SignedReceipt);
const failed = (checks: Check[]): string[] => checks.filter((check) => !check.ok).map((check) => check.id);

/** Names of what every object inherits must not count as something that the document says. */
const INHERITED = ["constructor", "toString", "__proto__", "valueOf"];

it.each(INHERITED)("that nobody signed does not hold, whoever it says began it: %s", async (initiator) => {
  const flow = { name: "joint-risk", parties: {}, steps: [] };
  const agreement = { job_id: "job-1", initiator, flow, flow_hash: await flowHash(flow), disclosures: {}, parts: {} };
  const receipt = { job_id: "job-1", agreement, agreement_signatures: {}, statements: {}, issued: 1 };
  const forged = { receipt, signatures: {} } as unknown as SignedReceipt;
  expect(isReceipt(forged)).toBe(true);
  expect(failed(await checkReceipt(forged, vectors.fingerprints))).toContain("keys");
});

it.each(INHERITED)("with a signature of a stranger of the name %s does not hold", async (name) => {
  const signature = vectors.receipt.signatures.lab;
  const forged = copy();
  Object.defineProperty(forged.signatures, name, { value: signature, enumerable: true });
  expect(failed(await checkReceipt(forged, vectors.fingerprints))).toEqual(["countersignatures"]);
});

it("with a seat of somebody who signed nothing does not hold", async () => {
  const forged = copy();
  const match = forged.receipt.agreement.flow.steps.find((step) => step.id === "match");
  if (match !== undefined) match.at.receiver = "bank";
  const flow = (await checkReceipt(forged, vectors.fingerprints)).find((check) => check.id === "flow");
  expect(flow?.found).toContain("bank");
});

it("of another form fails every check that it cannot be held to, and ends", async () => {
  const forged = copy();
  Object.assign(forged.receipt, { statements: { lab: null } });
  expect(failed(await checkReceipt(forged, vectors.fingerprints))).toContain("chain");
  const none = copy();
  Object.assign(none.receipt.agreement.flow, { steps: {} });
  expect(failed(await checkReceipt(none, vectors.fingerprints))).toContain("transcripts");
});
