import { webcrypto } from "node:crypto";
import { beforeAll, describe, expect, it, vi } from "vitest";
import {
  CHAIN_START,
  type ChainEntry,
  canonical,
  canVerifySignatures,
  chainStart,
  digest,
  fingerprintOf,
  followChain,
} from "./crypto";
import vectors from "./fixtures/vectors.json";
import { type Check, checkReceipt, isReceipt, type SignedReceipt } from "./receipt";

beforeAll(() => {
  vi.stubGlobal("crypto", webcrypto); // jsdom has no WebCrypto
});

const trail = vectors.trail as unknown as ChainEntry[];
const honest = vectors.receipt as unknown as SignedReceipt;
const copy = (): SignedReceipt => structuredClone(honest);

describe("canonical JSON", () => {
  it.each(vectors.canonical as [unknown, string, string][])("writes %j as the node does", async (value, text, hash) => {
    expect(canonical(value)).toBe(text);
    expect(await digest(value)).toBe(hash);
  });

  it("refuses what JSON cannot hold", () => {
    expect(() => canonical(Number.NaN)).toThrow();
    expect(() => canonical({ a: undefined })).toThrow();
  });
});

describe("the chain of the audit trail", () => {
  it("holds, page by page, and meets an anchor", async () => {
    const first = await followChain(chainStart(), trail.slice(0, 2), trail[0]?.hash);
    const second = await followChain(first.state, trail.slice(2), trail[0]?.hash);
    expect(second).toEqual({ state: { number: 3, hash: trail[2]?.hash, anchored: true } });
    expect((await followChain(chainStart(), trail, CHAIN_START)).state.anchored).toBe(true);
    expect((await followChain(chainStart(), trail, "f".repeat(64))).state.anchored).toBe(false);
  });

  it.each<[string, (entries: ChainEntry[]) => ChainEntry[], number]>([
    ["audit.entry_missing", ([one, , three]) => [one, three] as ChainEntry[], 2],
    ["audit.entry_changed", ([one, ...rest]) => [{ ...one, actor: "user:x" } as ChainEntry, ...rest], 1],
    ["audit.entry_changed", ([one, two, three]) => [one, { ...two, details: {} }, three] as ChainEntry[], 2],
  ])("%s is located", async (code, spoil, number) => {
    const told = await followChain(chainStart(), spoil(trail));
    expect(told.broken).toEqual({ number, code });
  });

  it("finds an entry that was written anew with a hash of its own", async () => {
    const [one, two, three] = trail as [ChainEntry, ChainEntry, ChainEntry];
    const { hash: _old, ...rest } = { ...two, subject: "job:other" };
    const forged = { ...rest, hash: await digest(rest) };
    expect((await followChain(chainStart(), [one, forged, three])).broken).toEqual({
      number: 3,
      code: "audit.chain_broken",
    });
  });
});

const failed = (checks: Check[]): string[] => checks.filter((check) => !check.ok).map((check) => check.id);
const step = (receipt: SignedReceipt, party: string, id: string) => {
  const found = receipt.receipt.statements[party]?.statement.steps.find((account) => account.step === id);
  if (found === undefined) throw new Error(id);
  return found;
};

describe("a receipt", () => {
  it("of the node passes every check", async () => {
    expect(await canVerifySignatures()).toBe(true);
    expect(isReceipt(honest)).toBe(true);
    expect(failed(await checkReceipt(honest, vectors.fingerprints))).toEqual([]);
    const key = honest.receipt.agreement.parts.lab?.part.key ?? "";
    expect(await fingerprintOf(key)).toBe(vectors.fingerprints.lab);
  });

  it("with keys that are not pinned fails for the keys alone", async () => {
    const checks = await checkReceipt(honest, { ...vectors.fingerprints, lab: "0".repeat(64) });
    expect(checks.find((check) => check.id === "keys")).toEqual({ id: "keys", ok: false, found: "lab" });
    expect(failed(checks)).toEqual(["keys"]);
  });

  it("tells a changed flow, disclosure, approval and time of issue", async () => {
    const flow = copy();
    flow.receipt.agreement.flow.name = "other";
    expect(failed(await checkReceipt(flow, vectors.fingerprints))).toContain("flow");
    const told = copy();
    told.receipt.agreement.disclosures.lab = [];
    expect(failed(await checkReceipt(told, vectors.fingerprints))).toContain("disclosures");
    const part = copy();
    Object.assign(part.receipt.agreement.parts.lab?.part ?? {}, { approved: 1 });
    expect(failed(await checkReceipt(part, vectors.fingerprints))).toContain("approvals");
    const issued = copy();
    issued.receipt.issued += 1;
    expect(failed(await checkReceipt(issued, vectors.fingerprints))).toEqual(["countersignatures"]);
  });

  it("tells statements that do not fit together", async () => {
    const messages = copy();
    step(messages, "lab", "match").transcripts = {};
    expect(failed(await checkReceipt(messages, vectors.fingerprints))).toEqual([
      "statements",
      "transcripts",
      "countersignatures",
    ]);
    const input = copy();
    step(input, "lab", "match").inputs = { sender: "0".repeat(64) };
    expect(failed(await checkReceipt(input, vectors.fingerprints))).toContain("chain");
    const missing = copy();
    delete missing.receipt.statements.lab;
    expect(failed(await checkReceipt(missing, vectors.fingerprints))).toContain("statements");
    const unsigned = copy();
    delete unsigned.signatures.notary;
    expect(failed(await checkReceipt(unsigned, vectors.fingerprints))).toEqual(["countersignatures"]);
  });

  it("that is none is refused", () => {
    expect(isReceipt({ receipt: {} })).toBe(false);
    expect(isReceipt(null)).toBe(false);
  });
});
