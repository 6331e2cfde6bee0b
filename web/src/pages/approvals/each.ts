/** Decides several grants one by one: exactly those that the person saw, and none that came or fitted meanwhile. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { asProblem } from "../../api/client";
import { act } from "../../api/hooks";
import type { Batch, Grant } from "../../api/types";

export type Verdict = "approve" | "reject";

export async function decideEach(verdict: Verdict, grants: readonly Grant[], note: string): Promise<Batch> {
  const told: Batch = { done: [], failed: {} };
  for (const { id } of grants) {
    try {
      await decide(verdict, id, note);
      told.done.push(id);
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (problem.isUnreachable) throw problem;
      told.failed[id] = problem.code;
    }
  }
  return told;
}

function decide(verdict: Verdict, grant: string, note: string): Promise<unknown> {
  const values = { path: { grant }, body: { note } };
  return verdict === "approve"
    ? act("post", "/grants/{grant}/approve", values)
    : act("post", "/grants/{grant}/deny", values);
}

/** The same as an act of a page, which then asks anew for what waits. */
export function useDecideEach() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ verdict, grants, note }: { verdict: Verdict; grants: Grant[]; note: string }) =>
      decideEach(verdict, grants, note),
    onSettled: () =>
      Promise.all(["/inbox", "/inbox/counts", "/grants"].map((path) => client.invalidateQueries({ queryKey: [path] }))),
  });
}
