import { expect, test } from "vitest";
import type { JobDetail } from "../../api/types";
import { isSettled } from "./causes";

const failed = (code: string) => ({ cause: { party: "lab", step: "train", code } }) as unknown as JobDetail;

test("what lies in the settings or the pinned data ends in the same way again; what lies outside need not", () => {
  for (const code of ["data.label_not_binary", "flow.bad_value", "psi.no_overlap", "stats.too_few_rows"])
    expect(isSettled(failed(code)), code).toBe(true);
  for (const code of ["worker.killed", "psi.ended_early", "step.out_of_memory", "dataset.unreachable", "job.revoked"])
    expect(isSettled(failed(code)), code).toBe(false);
});
