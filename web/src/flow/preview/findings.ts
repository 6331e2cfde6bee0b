/** What the node says of a flow before it is sent: faults, who learns what, cost, policies, who has to agree. */
import { useQuery } from "@tanstack/react-query";
import { act, get } from "../../api/hooks";
import type { Budget, Explained, Explanation, FlowProblem, PolicyExplained } from "../../api/types";
import { useMe } from "../../core/session";
import type { FlowDoc } from "../document";
import { check, explain, meaningOf } from "../problems/checking";
import { read } from "./agreements";

export interface Looked {
  problems: FlowProblem[];
  hash?: string;
  explained?: Explained;
}

export function useLooked(doc: FlowDoc) {
  return useQuery({
    queryKey: ["flow.look", meaningOf(doc)],
    queryFn: async ({ signal }): Promise<Looked> => {
      const checked = await check(doc, signal);
      if (!checked.ok) return { problems: checked.problems };
      return { problems: [], hash: checked.flow_hash ?? undefined, explained: await explain(doc, signal) };
    },
    staleTime: 0,
    gcTime: 60_000,
  });
}

type Body = { flow: Record<string, unknown>; agreement?: string };
const bodyOf = (doc: FlowDoc, agreement: string | undefined): Body => ({
  flow: doc as unknown as Record<string, unknown>,
  ...(agreement === undefined ? {} : { agreement }),
});

/** What this node's own policies say; only where its data are read. */
export function usePolicies(doc: FlowDoc, agreement: string | undefined, sound: boolean) {
  const me = useMe();
  return useQuery({
    queryKey: ["flow.policies", meaningOf(doc), agreement],
    queryFn: (): Promise<PolicyExplained> => act("post", "/policies/explain", { body: bodyOf(doc, agreement) }),
    enabled: sound && me.can("policy.read") && reads(doc, me.node?.name),
    retry: false,
  });
}

/** Whether this node would agree by itself, and how many people are needed if not. */
export function useRules(doc: FlowDoc, agreement: string | undefined, sound: boolean) {
  const me = useMe();
  return useQuery({
    queryKey: ["flow.rules", meaningOf(doc), agreement],
    queryFn: (): Promise<Explanation> => act("post", "/rules/explain", { body: bodyOf(doc, agreement) }),
    enabled: sound && me.can("rule.read"),
    retry: false,
  });
}

/** The privacy budgets of own datasets that the flow reads. */
export function useBudgets(doc: FlowDoc, wanted: boolean) {
  const me = useMe();
  const own = [...new Set(read(doc).flatMap(({ party, dataset }) => (party === me.node?.name ? [dataset] : [])))];
  return useQuery({
    queryKey: ["flow.budgets", own],
    queryFn: ({ signal }): Promise<Budget[]> =>
      Promise.all(own.map((dataset) => get("/policies/{dataset}/budget", { path: { dataset } }, signal))),
    enabled: wanted && me.can("policy.read") && own.length > 0,
    retry: false,
  });
}

const reads = (doc: FlowDoc, me: string | undefined): boolean => read(doc).some(({ party }) => party === me);

/** ε that the flow asks for, over all steps; undefined: none is noised. */
export function epsilonOf(doc: FlowDoc): number | undefined {
  const asked = doc.steps.map((step) => step.params?.epsilon).filter((value) => typeof value === "number");
  return asked.length === 0 ? undefined : asked.reduce((sum, value) => sum + value, 0);
}
