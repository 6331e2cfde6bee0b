import { webcrypto } from "node:crypto";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { AuditEntry } from "../../api/types";
import { digest } from "../../core/crypto";
import { frequent, makeReader, matching, NO_FILTER, occurrenceOf } from "./trail";

beforeAll(() => {
  vi.stubGlobal("crypto", webcrypto);
});

async function chain(count: number): Promise<AuditEntry[]> {
  const made: AuditEntry[] = [];
  let previous = "0".repeat(64);
  for (let number = 1; number <= count; number += 1) {
    const rest = {
      number,
      at: number * 1000,
      act: "job.approved",
      actor: "user:li",
      subject: `job:${number}`,
      details: {},
      previous,
    };
    previous = await digest(rest);
    made.push({ ...rest, hash: previous, time: new Date(rest.at).toISOString() });
  }
  return made;
}

describe("reading the trail", () => {
  it("goes page by page to the end, checks as it goes, and goes on later", async () => {
    const all = await chain(2_050);
    let there = 2_040;
    const reader = makeReader(async (after, limit) => all.slice(after, Math.min(after + limit, there)));
    await reader.load();
    expect(reader.store.get()).toMatchObject({ loading: false, broken: undefined, state: { number: 2_040 } });
    there = 2_050;
    await reader.load();
    expect(reader.store.get().entries).toHaveLength(2_050);
    expect(reader.store.get().state.hash).toBe(all.at(-1)?.hash);
  });

  it("tells where the chain breaks and still shows what follows", async () => {
    const all = await chain(5);
    const [, second] = all;
    if (second !== undefined) all[1] = { ...second, subject: "job:other" };
    const reader = makeReader(async (after) => all.slice(after));
    await reader.load();
    expect(reader.store.get().broken).toEqual({ number: 2, code: "audit.entry_changed" });
    expect(reader.store.get().entries).toHaveLength(5);
  });

  it("keeps what it has when the node goes away", async () => {
    const reader = makeReader(async () => {
      throw new Error("away");
    });
    await reader.load();
    expect(reader.store.get().problem?.message).toBe("away");
  });
});

it("a noted hash proves nothing where no hashes were computed, nor behind what was", async () => {
  const entries = await chain(3);
  const [, second, third] = entries.map((entry) => entry.hash);
  const state = { number: 2, hash: second ?? "", anchored: false };
  const trail = { entries, state, checked: true, loading: false };
  expect(occurrenceOf(trail, second ?? "")).toEqual({ number: 2, proves: true });
  expect(occurrenceOf({ ...trail, checked: false }, second ?? "")).toEqual({ number: 2, proves: false });
  expect(occurrenceOf(trail, third ?? "").proves).toBe(false);
  expect(occurrenceOf(trail, "f".repeat(64))).toEqual({ number: undefined, proves: false });
});

describe("searching", () => {
  it("takes all words, areas, actors and days, newest first", async () => {
    const all = await chain(3);
    const words = (): string => "Job approved";
    const found = (part: object): number[] =>
      matching(all, { ...NO_FILTER, ...part }, words).map((each) => each.number);
    expect(found({})).toEqual([3, 2, 1]);
    expect(found({ text: "APPROVED job:2" })).toEqual([2]);
    expect(found({ text: "approved nothing" })).toEqual([]);
    expect(found({ area: "user" })).toEqual([]);
    expect(found({ area: "job", actor: "user:li" })).toHaveLength(3);
    expect(found({ from: "1971-01-01" })).toEqual([]);
    expect(found({ to: "1971-01-01" })).toHaveLength(3);
  });

  it("finds jobs by their names", async () => {
    const all = await chain(3);
    const called = (subject: string): string => (subject === "job:2" ? "readmission" : subject);
    const found = matching(all, { ...NO_FILTER, text: "readmission" }, (act) => act, called);
    expect(found.map((each) => each.number)).toEqual([2]);
  });

  it("offers what occurs most first", () => {
    expect(frequent(["b", "a", "b", "c"])).toEqual(["b", "a", "c"]);
  });
});
