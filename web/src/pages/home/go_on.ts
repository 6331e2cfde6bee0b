/** Where a person was at work last. */
import { actorOf } from "../../actors/actor";
import type { Agreement, FlowDraftSummary, Job } from "../../api/types";

export interface Work {
  project?: Agreement;
  flow?: FlowDraftSummary;
}
interface Known {
  agreements: readonly Agreement[];
  flows: readonly FlowDraftSummary[];
  jobs: readonly Job[];
}

/** The project under which this person changed a flow last, or this node began a job; and the flow changed last in it. */
export function lastWork({ agreements, flows, jobs }: Known, person: string): Work {
  const live = new Map(agreements.filter(isLive).map((one) => [one.id, one]));
  const own = newest(
    flows.filter(({ updated_by }) => actorOf(updated_by).name === person),
    (flow) => flow.updated_at,
  );
  const traces = [
    ...own.map((flow) => ({ agreement: flow.agreement ?? "", at: flow.updated_at })),
    ...jobs.filter(({ mine }) => mine).map((job) => ({ agreement: job.agreement_id ?? "", at: job.created_at })),
  ];
  const [last] = newest(
    traces.filter(({ agreement }) => live.has(agreement)),
    ({ at }) => at,
  );
  const [youngest] = newest([...live.values()], ({ created_at }) => created_at);
  const project = last === undefined ? youngest : live.get(last.agreement);
  return { project, flow: own.find(({ agreement }) => project === undefined || agreement === project.id) };
}

const isLive = ({ state }: Agreement): boolean => state === "ACTIVE" || state === "PROPOSED";

const newest = <X>(all: X[], at: (one: X) => string): X[] =>
  [...all].sort((one, other) => at(other).localeCompare(at(one)));
