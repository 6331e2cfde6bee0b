/** The flow of a job in the editor, opened where the job failed. */
import { act, get } from "../../api/hooks";
import { queries } from "../../api/queries";
import type { JobDetail } from "../../api/types";
import { go } from "../../core/location";
import { to } from "../../core/nav";
import { diffFlows } from "../../flow/diff";
import type { FlowDoc } from "../../flow/document";
import { adopt, storeOf } from "../../flow/open";
import { type FlowDraft, type FlowStore, makeFlowStore } from "../../flow/store";

const MOST_READ = 5;

/** The kept flow that still means what ran; else a copy of what ran, so that nobody's later work is covered. */
export async function openFlowOf(job: JobDetail, step: string | undefined): Promise<void> {
  const draft = (await keptOf(job)) ?? (await copyOf(job));
  const store = opened(draft);
  const known = store.get().doc.steps.some(({ id }) => id === step);
  if (step !== undefined && known) store.select([step]);
  store.put({ drawer: "parameters", view: "canvas" });
  go(to.flow(draft.id));
}

type Kept = FlowDraft & { id: string };
const kept = (data: Awaited<ReturnType<typeof read>>): Kept => ({
  ...data,
  document: data.document as unknown as FlowDoc,
});
const read = (draft: string) => get("/flows/{draft}", { path: { draft } });

async function keptOf(job: JobDetail): Promise<Kept | undefined> {
  const ran = job.flow as unknown as FlowDoc;
  const { items } = await get("/flows", { query: { limit: 500 } });
  const named = items.filter(({ name, steps }) => name === ran.name && steps === ran.steps.length);
  const drafts = await Promise.all(named.slice(0, MOST_READ).map(({ id }) => read(id)));
  return drafts.map(kept).find(({ document }) => diffFlows(ran, document).same);
}

async function copyOf(job: JobDetail): Promise<Kept> {
  const made = await act("post", "/flows", { body: { document: job.flow, agreement: job.agreement_id } });
  await queries.invalidateQueries({ queryKey: ["/flows"] });
  return kept(made);
}

function opened(draft: Kept): FlowStore {
  const open = storeOf(draft.id);
  if (open !== undefined) return open;
  const store = makeFlowStore(draft);
  store.put({ saved: "saved" });
  adopt(store, draft.id);
  return store;
}
