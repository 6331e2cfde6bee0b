/** Who of this node ended a job, and the reason that they gave: in the decisions of the inbox, or in the audit trail. */
import { useQuery } from "@tanstack/react-query";
import { get, useGet } from "../../api/hooks";
import type { AuditEntry, JobDetail } from "../../api/types";
import { useMe } from "../../core/session";

export interface Reason {
  by?: string;
  reason: string;
}

/** undefined: not known, or not to this person. */
export function useReason(job: JobDetail): Reason | undefined {
  const me = useMe();
  const rejected = job.state === "REJECTED";
  const inbox = useGet(
    "/inbox",
    { query: { kind: "job", state: "rejected", limit: 500 } },
    { enabled: rejected && me.can("inbox.read") },
  );
  const trail = useQuery({
    queryKey: ["/audit", "reason", job.id, job.ended_at],
    queryFn: () => reasonIn(job.id, Date.parse(job.ended_at ?? "")),
    enabled: !rejected && job.ended_at !== null && me.can("audit.read"),
    staleTime: 60_000,
  });
  if (!rejected) return trail.data;
  const vote = inbox.data?.items
    .find((item) => item.subject === job.id)
    ?.decisions.findLast(({ verdict, withdrawn }) => verdict === "reject" && !withdrawn);
  return vote && { by: vote.by, reason: vote.note };
}

const BEFORE_MS = 5_000;
const MOST = 200;
type Read = (after: number, limit: number) => Promise<readonly AuditEntry[]>;

const fromNode: Read = async (after, limit) => (await get("/audit", { query: { after, limit } })).items;

/** The trail is long and in order of time, so the place is looked for as in a dictionary. */
export async function reasonIn(job: string, at: number, read: Read = fromNode): Promise<Reason> {
  const isEarlier = async (number: number): Promise<boolean> => {
    const [entry] = await read(number - 1, 1);
    return entry !== undefined && entry.at < at - BEFORE_MS;
  };
  let low = 0; // earlier than wanted
  let high = 1;
  while (await isEarlier(high)) [low, high] = [high, high * 2];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await isEarlier(middle)) low = middle;
    else high = middle;
  }
  const near = (await read(low, MOST)).filter(({ subject }) => subject === `job:${job}`);
  const told = near.find(({ act }) => act === "job.reason");
  const by = (told ?? near.find(({ act }) => act === "job.cancelled"))?.actor;
  return { by: by === "node" || by === "person" ? undefined : by, reason: String(told?.details.reason ?? "") };
}
