/** What an approval is bound to: the hash of what the page shows. */
import { useGet } from "../../api/hooks";
import type { InboxItem } from "../../api/types";

export interface Bound {
  /** undefined while it is not known yet, or where the subject has none. */
  hash?: string;
  /** Whether deciding must wait for it. */
  pending: boolean;
}

/** Agreements, policies and models: the hash is part of what the item is about. */
export function hashOf(item: Pick<InboxItem, "kind" | "subject">): string | undefined {
  const last = item.subject.split(" ").at(-1) ?? "";
  const bound = ["agreement", "policy", "model"].includes(item.kind);
  return bound && /^[0-9a-f]{64}$/.test(last) ? last : undefined;
}

/** The agreement whose offer the item is about: the page and the button look at the same answer, and at a fresh one. */
export function useOffer(item: Pick<InboxItem, "kind" | "subject">) {
  const agreement = item.subject.split(" ")[0] ?? "";
  return useGet(
    "/agreements/{agreement}",
    { path: { agreement } },
    { enabled: item.kind === "agreement", staleTime: 0 },
  );
}

/** Whether what is known of an agreement is the offer that the item is about, and not one before or after it. */
export const isOffer = (item: Pick<InboxItem, "kind" | "subject">, known: { hash: string } | undefined): boolean =>
  known !== undefined && known.hash === hashOf(item);

export function useBound(item: InboxItem): Bound {
  const { kind, subject } = item;
  const job = useGet("/jobs/{job_id}", { path: { job_id: subject } }, { enabled: kind === "job" });
  const standing = useGet("/standing/{standing_id}", { path: { standing_id: subject } }, { enabled: kind === "flow" });
  const offer = useOffer(item);
  if (kind === "agreement") return { hash: hashOf(item), pending: !isOffer(item, offer.data) };
  if (kind !== "job" && kind !== "flow") return { hash: hashOf(item), pending: false };
  const { data } = kind === "job" ? job : standing;
  return { hash: data?.flow_hash, pending: data === undefined };
}

/** Codes that say: it is not what you saw any more. */
export const CHANGED = new Set([
  "job.flow_hash_differs",
  "job.wrong_state",
  "inbox.wrong_state",
  "inbox.conflict",
  "inbox.nothing_waits",
  "project.superseded",
]);
