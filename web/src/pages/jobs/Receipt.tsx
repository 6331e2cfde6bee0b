/** What proves the job: who signed what, and whether it all fits together. */
import { Button, Group } from "@mantine/core";
import { useGet } from "../../api/hooks";
import type { JobDetail } from "../../api/types";
import { fileName, save } from "../../charts/csv";
import { to } from "../../core/nav";
import { Can } from "../../core/permissions";
import type { SignedReceipt } from "../../core/receipt";
import { useMe } from "../../core/session";
import { Async, Empty } from "../../ui/Async";
import { Copy } from "../../ui/Copy";
import { DataTable } from "../../ui/DataTable";
import { Time } from "../../ui/Diagnostic";
import { type DisclosedLine, Disclosures } from "../../ui/Disclosures";
import { KeyValue } from "../../ui/KeyValue";
import { Link } from "../../ui/Link";
import { Party } from "../../ui/Party";
import { Section } from "../../ui/Section";
import styles from "./job.module.css";
import { jobs } from "./texts";
import { useVerdict, Verdict } from "./Verdict";

export default function Receipt({ job }: { job: JobDetail }) {
  const t = jobs.useT();
  if (!job.has_receipt) {
    return <Empty title={t("receipt.none")} text={job.ended_at === null ? t("receipt.later") : t("receipt.never")} />;
  }
  return <Shown job={job} />;
}

function Shown({ job }: { job: JobDetail }) {
  const t = jobs.useT();
  const query = useGet("/jobs/{job_id}/receipt", { path: { job_id: job.id } }, { staleTime: Number.POSITIVE_INFINITY });
  return (
    <div className={styles.stack}>
      <Verify job={job} />
      <Async query={query} empty={() => false} height={260}>
        {(found) => (
          <>
            <Learned job={job} receipt={found as unknown as SignedReceipt} />
            <Section
              title={t("receipt")}
              lead={t("receipt.lead")}
              actions={
                <Group gap="xs">
                  <Button
                    variant="default"
                    size="compact-sm"
                    onClick={() =>
                      save(`${fileName(job.name, "receipt")}.json`, JSON.stringify(found, null, 1), "application/json")
                    }
                  >
                    {t("receipt.save")}
                  </Button>
                  <Can action="audit.read">
                    <Button
                      variant="default"
                      size="compact-sm"
                      component={Link}
                      href={`/audit/receipts?job=${encodeURIComponent(job.id)}`}
                    >
                      {t("receipt.browser")}
                    </Button>
                  </Can>
                </Group>
              }
            >
              <Signed receipt={found as unknown as SignedReceipt} />
            </Section>
          </>
        )}
      </Async>
    </div>
  );
}

/** The hashes prove sentences; these are they. */
function Learned({ job, receipt: { receipt } }: { job: JobDetail; receipt: SignedReceipt }) {
  const t = jobs.useT();
  const me = useMe().node?.name;
  const levels = (
    <Button variant="default" size="compact-sm" component={Link} href={to.job(job.id, "disclosures")}>
      {t("receipt.levels")}
    </Button>
  );
  return (
    <Section title={t("tab.disclosures")} lead={t("receipt.learned")} actions={levels}>
      <Disclosures of={receipt.agreement.disclosures as Record<string, DisclosedLine[]>} me={me} withSteps />
    </Section>
  );
}

function Verify({ job }: { job: JobDetail }) {
  const t = jobs.useT();
  const verdict = useVerdict();
  return (
    <Section
      title={t("verify")}
      lead={t("verify.lead")}
      actions={
        <Can action="job.verify">
          <Button loading={verdict.isPending} onClick={() => verdict.mutate({ path: { job_id: job.id } })}>
            {t("verify.act")}
          </Button>
        </Can>
      }
    >
      <Verdict verdict={verdict} />
    </Section>
  );
}

export function Signed({ receipt: { receipt } }: { receipt: SignedReceipt }) {
  const t = jobs.useT();
  const { agreement, statements } = receipt;
  const hash = (value: string) => (
    <>
      <code>{value}</code> <Copy value={value} />
    </>
  );
  const parts = Object.entries(agreement.parts).map(([party, { part }]) => ({
    party,
    part,
    statement: statements[party]?.statement,
  }));
  return (
    <div className={styles.stack}>
      <KeyValue
        wide
        items={[
          [t("receipt.job"), hash(receipt.job_id)],
          [t("flow.hash"), hash(agreement.flow_hash)],
          [t("receipt.issued"), <Time key="issued" at={new Date(receipt.issued).toISOString()} />],
        ]}
      />
      <DataTable
        caption={t("receipt.signers")}
        rows={parts}
        rowKey={(row) => row.party}
        columns={[
          {
            key: "party",
            title: t("party"),
            cell: (row) => (
              <Party name={row.party} kind={agreement.flow.parties[row.party] === "dealer" ? "dealer" : "data"} />
            ),
          },
          { key: "key", title: t("receipt.key"), cell: (row) => <code>{row.part.key}</code> },
          {
            key: "data",
            title: t("receipt.data"),
            cell: (row) =>
              Object.entries(row.part.datasets)
                .map(([name, { rows, columns }]) => t("receipt.dataset", { name, rows, columns }))
                .join("; ") || "–",
          },
          { key: "steps", title: t("steps"), align: "right", cell: (row) => row.statement?.steps.length ?? "–" },
          { key: "software", title: t("receipt.software"), cell: (row) => <code>{row.part.software}</code> },
        ]}
      />
    </div>
  );
}
