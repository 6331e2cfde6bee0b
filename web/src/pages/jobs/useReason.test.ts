import { expect, test } from "vitest";
import type { AuditEntry } from "../../api/types";
import { reasonIn } from "./useReason";

const entry = (number: number, more: Partial<AuditEntry> = {}): AuditEntry =>
  ({
    number,
    at: number * 60_000,
    act: "result.read",
    actor: "user:lin",
    subject: "job:other",
    details: {},
    ...more,
  }) as AuditEntry;

function trail(length: number, told: Partial<AuditEntry>, place: number) {
  const entries = Array.from({ length }, (_, at) => entry(at + 1, at + 1 === place ? told : {}));
  const asked: number[] = [];
  const read = async (after: number, limit: number): Promise<AuditEntry[]> => {
    asked.push(limit);
    return entries.slice(after, after + limit);
  };
  return { read, asked };
}

test("the reason is found in a long trail without reading all of it", async () => {
  const told = { act: "job.reason", subject: "job:j", actor: "user:ada", details: { reason: "wrong month" } };
  const { read, asked } = trail(9_000, told, 7_000);
  expect(await reasonIn("j", 7_000 * 60_000, read)).toEqual({ by: "user:ada", reason: "wrong month" });
  expect(asked.length).toBeLessThan(32);
});

test("without a reason, only who did it, if that is told", async () => {
  const { read } = trail(3, { act: "job.cancelled", subject: "job:j", actor: "user:ada" }, 3);
  expect(await reasonIn("j", 180_000, read)).toEqual({ by: "user:ada", reason: "" });
  expect(await reasonIn("unknown", 180_000, read)).toEqual({ by: undefined, reason: "" });
});
