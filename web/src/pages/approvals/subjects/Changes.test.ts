import { expect, test } from "vitest";
import type { Job } from "../../../api/types";
import { formerOf } from "./Changes";

const job = (id: string, changed: Partial<Job> = {}): Job =>
  ({
    id,
    name: "psi-count",
    initiator: "hospital",
    agreement_id: "agr-1",
    decision: "APPROVED",
    created_at: `2026-01-0${id.at(-1)}T00:00:00Z`,
    ...changed,
  }) as Job;

test("a job is compared with the newest approved one of its name, initiator and agreement", () => {
  const asked = job("job-9", { decision: "waiting" });
  const others = [
    job("job-1"),
    job("job-2"),
    job("job-3", { agreement_id: "agr-2" }),
    job("job-4", { agreement_id: null }),
    job("job-5", { decision: "REJECTED" }),
    job("job-6", { initiator: "lab" }),
    job("job-7", { name: "psi-count-2" }),
  ];
  expect(formerOf([asked, ...others], asked)?.id).toBe("job-2");
  expect(formerOf(others, { ...asked, agreement_id: "agr-3" })).toBeUndefined();
});
