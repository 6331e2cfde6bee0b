/** What is new against the last flow of that name which was approved here. */
import { lazy, Suspense } from "react";
import { useGet, usePages } from "../../../api/hooks";
import type { Job, JobDetail } from "../../../api/types";
import { to } from "../../../core/nav";
import type { FlowDoc } from "../../../flow/document";
import { Loading } from "../../../ui/Async";
import { Badge } from "../../../ui/Badge";
import { Time } from "../../../ui/Diagnostic";
import { Link } from "../../../ui/Link";
import { Section } from "../../../ui/Section";
import { approvals } from "../texts";

const DiffView = lazy(() => import("../../../flow/diff/DiffView"));

type Known = Pick<Job, "id" | "name" | "initiator" | "agreement_id" | "created_at">;

/** The newest earlier job of the same name, initiator and agreement that this node approved. */
export function formerOf(jobs: readonly Job[], job: Known) {
  return jobs
    .filter((other) => other.id !== job.id && other.name === job.name && other.initiator === job.initiator)
    .filter((other) => other.agreement_id === job.agreement_id)
    .filter((other) => other.decision === "APPROVED" && other.created_at < job.created_at)
    .sort((one, other) => (one.created_at < other.created_at ? 1 : -1))[0];
}

export function useFormer(job: JobDetail): JobDetail | undefined {
  const jobs = usePages("/jobs", { query: { limit: 500 } }).items;
  const former = formerOf(jobs, job);
  const asked = useGet("/jobs/{job_id}", { path: { job_id: former?.id ?? "" } }, { enabled: former !== undefined });
  return asked.data;
}

export function Changes({ job, former }: { job: JobDetail; former?: JobDetail }) {
  const t = approvals.useT();
  if (former === undefined) {
    return (
      <Section title={t("changes")} lead={t("changes.first")}>
        <Badge tone="info">{t("changes.new")}</Badge>
      </Section>
    );
  }
  const same = former.flow_hash === job.flow_hash;
  return (
    <Section
      title={t("changes")}
      lead={
        <>
          {t("changes.against")} <Link href={to.job(former.id)}>{former.name}</Link> · <Time at={former.created_at} />
        </>
      }
    >
      {same ? (
        <Badge tone="ok">{t("changes.none")}</Badge>
      ) : (
        <Suspense fallback={<Loading height={120} />}>
          <DiffView before={former.flow as unknown as FlowDoc} after={job.flow as unknown as FlowDoc} />
        </Suspense>
      )}
    </Section>
  );
}
