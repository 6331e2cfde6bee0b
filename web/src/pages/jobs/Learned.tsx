/** Who learns what: the words that were approved, and how sensitive what is left here is. */
import { useGet } from "../../api/hooks";
import type { JobDetail } from "../../api/types";
import { useMe } from "../../core/session";
import { Async } from "../../ui/Async";
import { Level } from "../../ui/Badge";
import { DataTable } from "../../ui/DataTable";
import { type DisclosedLine, Disclosures } from "../../ui/Disclosures";
import { Section } from "../../ui/Section";
import styles from "./job.module.css";
import { jobs } from "./texts";

export default function Learned({ job }: { job: JobDetail }) {
  const t = jobs.useT();
  const me = useMe();
  return (
    <div className={styles.stack}>
      <Section title={t("learned")} lead={t("learned.lead")}>
        <Disclosures of={job.disclosures as Record<string, DisclosedLine[]>} me={me.node?.name} withSteps />
      </Section>
      {me.can("label.read") && <Lineage job={job} />}
    </div>
  );
}

function Lineage({ job }: { job: JobDetail }) {
  const t = jobs.useT();
  const query = useGet("/jobs/{job_id}/lineage", { path: { job_id: job.id } });
  return (
    <Async query={query} empty={(found) => found.items.length === 0} emptyView={<span />} height={120}>
      {(found) => (
        <Section title={t("levels")} lead={t("levels.lead")} flush>
          <DataTable
            caption={t("levels")}
            rows={found.items}
            rowKey={(item) => `${item.step}.${item.port}`}
            columns={[
              { key: "what", title: t("result"), cell: (item) => <code>{`${item.step}.${item.port}`}</code> },
              { key: "level", title: t("level"), cell: (item) => <Level level={item.level} /> },
            ]}
          />
        </Section>
      )}
    </Async>
  );
}
