/** A job that asks for our data. */
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Actor } from "../../../actors/Actor";
import { act, useGet } from "../../../api/hooks";
import type { InboxItem, JobDetail } from "../../../api/types";
import { useFormat } from "../../../core/format";
import { to } from "../../../core/nav";
import { useMe } from "../../../core/session";
import { visible } from "../../../core/visible";
import type { FlowDoc } from "../../../flow/document";
import { Brief } from "../../../flow/preview/Brief";
import { JobPrice } from "../../../flow/preview/Price";
import { preview } from "../../../flow/preview/texts";
import { Async, Loading } from "../../../ui/Async";
import { Time } from "../../../ui/Diagnostic";
import { KeyValue } from "../../../ui/KeyValue";
import { Link } from "../../../ui/Link";
import { Party, PartyOrder } from "../../../ui/Party";
import { Section } from "../../../ui/Section";
import { type ByParty, Learns } from "../Learns";
import { approvals } from "../texts";
import { ByRule } from "./ByRule";
import { Changes, useFormer } from "./Changes";
import { OwnData } from "./OwnData";

const FlowCanvas = lazy(() => import("../../../flow/canvas/FlowCanvas"));

export function JobSubject({ item }: { item: InboxItem }) {
  const query = useGet("/jobs/{job_id}", { path: { job_id: item.subject } });
  return (
    <Async query={query} height={480}>
      {(job) => <Shown item={item} job={job} />}
    </Async>
  );
}

function Shown({ item, job }: { item: InboxItem; job: JobDetail }) {
  const t = approvals.useT();
  const me = useMe().node?.name;
  const former = useFormer(job);
  const flow = job.flow as unknown as FlowDoc;
  const cost = useForecast(job);
  return (
    <PartyOrder names={Object.keys(flow.parties)}>
      <Brief
        doc={flow}
        agreement={job.agreement_id}
        initiator={job.initiator}
        forecast={cost}
        disclosures={job.disclosures as unknown as ByParty}
      />
      <Section title={t("learns")} lead={t("learns.lead")}>
        <Learns
          of={job.disclosures as unknown as ByParty}
          me={me}
          kinds={flow.parties}
          before={former?.disclosures as unknown as ByParty | undefined}
        />
      </Section>
      <OwnData flow={flow} initiator={job.initiator} agreement={job.agreement_id} />
      <Asked item={item} job={job} cost={cost} />
      <Changes job={job} former={former} />
      {(former === undefined || former.flow_hash === job.flow_hash) && <Drawn flow={flow} />}
    </PartyOrder>
  );
}

/** Where something changed, the comparison draws the flow already. */
function Drawn({ flow }: { flow: FlowDoc }) {
  const t = approvals.useT();
  return (
    <Section title={t("flow")} lead={t("flow.lead")} flush>
      <Suspense fallback={<Loading height={360} />}>
        <FlowCanvas doc={flow} height={380} />
      </Suspense>
    </Section>
  );
}

interface Forecast {
  seconds?: number;
  bytes_sent?: number;
  memory_mb?: number;
}

/** The initiator's job has one; of a peer's job this node works it out itself. */
function useForecast(job: JobDetail): Forecast | undefined {
  const me = useMe();
  const known = job.forecast as Forecast | null;
  const explained = useQuery({
    queryKey: ["/flows/explain", job.flow_hash],
    queryFn: () => act("post", "/flows/explain", { body: { flow: job.flow } }),
    enabled: known === null && me.can("flow.explain"),
    staleTime: 60_000,
  });
  return known ?? explained.data?.forecast ?? undefined;
}

function Asked({ item, job, cost }: { item: InboxItem; job: JobDetail; cost: Forecast | undefined }) {
  const t = approvals.useT();
  const words = preview.useT();
  const format = useFormat();
  const known = cost?.seconds !== undefined;
  return (
    <Section title={t("asked")}>
      <KeyValue
        items={[
          [t("initiator"), <Party key="initiator" name={job.initiator} />],
          [t("agreement"), <Under key="agreement" agreement={job.agreement_id} />],
          [t("submitted"), <Time key="submitted" at={item.created_at} />],
          job.mine && [t("by"), <Actor key="by" of={item.requested_by} />],
          [t("steps"), format.number(job.steps.length)],
          known && [
            t("forecast"),
            t("forecast.text", { time: format.seconds(cost?.seconds), traffic: format.bytes(cost?.bytes_sent) }),
          ],
          known && [t("memory"), format.bytes((cost?.memory_mb ?? 0) * 1e6)],
          [
            words("price"),
            <JobPrice
              key="price"
              agreement={job.agreement_id}
              doc={job.flow as unknown as FlowDoc}
              initiator={job.initiator}
            />,
          ],
          [
            t("job"),
            <Link key="job" href={to.job(job.id)}>
              {t("job.open")}
            </Link>,
          ],
        ]}
      />
      <ByRule job={job.id} />
    </Section>
  );
}

/** Name and purpose of the agreement; without one, that there is none. */
export function Under({ agreement }: { agreement: string | null }) {
  const t = approvals.useT();
  const me = useMe();
  const known = useGet(
    "/agreements/{agreement}",
    { path: { agreement: agreement ?? "" } },
    { enabled: agreement !== null && agreement !== "" && me.can("agreement.read") },
  ).data;
  if (agreement === null || agreement === "") return <>{t("agreement.none")}</>;
  return (
    <>
      <Link href={to.agreement(agreement)}>{visible(known?.name ?? agreement)}</Link>
      {known !== undefined && <div data-raw>{visible(known.purpose)}</div>}
    </>
  );
}
