/** Results of a job on sensitive data that somebody wants to read. */
import { Actor } from "../../../actors/Actor";
import { useGet } from "../../../api/hooks";
import type { InboxItem } from "../../../api/types";
import { to } from "../../../core/nav";
import { own as named } from "../../../core/own";
import { useMe } from "../../../core/session";
import { useW } from "../../../core/texts";
import { StateBadge } from "../../../ui/Badge";
import { Time } from "../../../ui/Diagnostic";
import { KeyValue } from "../../../ui/KeyValue";
import { Link } from "../../../ui/Link";
import { Party } from "../../../ui/Party";
import { Section } from "../../../ui/Section";
import styles from "../Item.module.css";
import { type ByParty, Learns } from "../Learns";
import { approvals } from "../texts";
import { saidOf } from "../words";

export function ReleaseSubject({ item }: { item: InboxItem }) {
  const t = approvals.useT();
  const w = useW();
  const me = useMe().node?.name ?? "";
  const job = useGet("/jobs/{job_id}", { path: { job_id: item.subject } }).data;
  const [reason] = saidOf(w(item.summary));
  const own = named(job?.disclosures as unknown as ByParty | undefined, me) ?? [];
  return (
    <>
      <Section title={t("release.reason")}>
        <blockquote className={styles.quote} data-raw>
          {reason?.text}
        </blockquote>
      </Section>
      <Section title={t("release.learns")} lead={t("release.lead")}>
        {job !== undefined && <Learns of={{ [me]: own }} me={me} />}
      </Section>
      <Section title={t("asked")}>
        <KeyValue
          items={[
            [t("by"), <Actor key="by" of={item.requested_by} />],
            job && [
              t("job"),
              <Link key="job" href={to.job(job.id, "results")}>
                {job.name}
              </Link>,
            ],
            job && [t("initiator"), <Party key="initiator" name={job.initiator} />],
            job && [t("state"), <StateBadge key="state" state={job.state} />],
            job && [t("ended"), <Time key="ended" at={job.ended_at} />],
          ]}
        />
      </Section>
    </>
  );
}
