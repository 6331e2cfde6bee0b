import { expect, test } from "vitest";
import type { JobDetail } from "../../api/types";
import { startOf } from "./start";

const parties = { lab: { kind: "data" }, notary: { kind: "dealer" } };
const job = (state: string) => ({ state, parties }) as unknown as JobDetail;

test("a finished job opens on its results, any other on its progress", () => {
  expect(startOf(job("FINISHED"), "lab")).toBe("results");
  for (const state of ["PENDING", "RUNNING", "FAILED"]) expect(startOf(job(state), "lab")).toBe("progress");
  expect(startOf(job("FINISHED"), "notary")).toBe("progress");
});
