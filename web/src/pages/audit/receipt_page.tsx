/** One receipt: what it proves, who signed it, what each step left. */
import { Button } from "@mantine/core";
import { useEffect } from "react";
import { get, useAct, useGet } from "../../api/hooks";
import type { AuditEntry, ReceiptVerdict } from "../../api/types";
import { type PageProps, to } from "../../core/nav";
import { type Check, isReceipt, type Keys, type SignedReceipt } from "../../core/receipt";
import { useMe } from "../../core/session";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { Diagnostic } from "../../ui/Diagnostic";
import { Link } from "../../ui/Link";
import { Page } from "../../ui/Page";
import { PartyOrder } from "../../ui/Party";
import { Section } from "../../ui/Section";
import styles from "./Audit.module.css";
import { BrowserChecks, NodeChecks, useBrowserChecks } from "./Checks";
import { usePinned } from "./pinned";
import { Signers, Steps } from "./ReceiptParts";
import { Save, saveText } from "./Save";
import { audit } from "./texts";

export default function ReceiptPage({ params }: PageProps) {
  const t = audit.useT();
  const job = params.id ?? "";
  const query = useGet("/jobs/{job_id}/receipt", { path: { job_id: job } }, { staleTime: 60_000 });
  const receipt = isReceipt(query.data) ? query.data : undefined;
  const name = receipt?.receipt.agreement.flow.name;
  return (
    <Page
      title={name === undefined ? t("receipt") : t("receipt.of", { name })}
      crumbs={[[t("receipts.title"), "/audit/receipts"]]}
      lead={t("receipt.lead")}
      actions={
        receipt !== undefined && (
          <Save label={t("receipt.save")} name={`receipt-${job}.json`} document={() => receipt} />
        )
      }
    >
      <Async query={query} height={480}>
        {() =>
          receipt === undefined ? <Badge tone="bad">{t("foreign.none")}</Badge> : <Shown receipt={receipt} job={job} />
        }
      </Async>
    </Page>
  );
}

function Shown({ receipt, job }: { receipt: SignedReceipt; job: string }) {
  const t = audit.useT();
  const keys = usePinned();
  const checks = useBrowserChecks(receipt, keys);
  const verify = useAct("post", "/jobs/{job_id}/receipt/verify");
  const { mutate } = verify;
  useEffect(() => mutate({ path: { job_id: job } }), [mutate, job]);
  const { agreement } = receipt.receipt;
  return (
    <PartyOrder names={Object.keys(agreement.parts)}>
      <div className={styles.two}>
        <Section title={t("by_browser")} lead={t("by_browser.lead")}>
          <BrowserChecks checks={checks} />
        </Section>
        <Section title={t("by_node")} lead={t("by_node.lead")}>
          {verify.error !== null && <Diagnostic problem={verify.error} compact />}
          {verify.data !== undefined && <NodeChecks verdict={verify.data} />}
        </Section>
      </div>
      <Signers receipt={receipt} keys={keys} checks={checks} />
      <Steps receipt={receipt} />
      <Section title={t("bundle")} lead={t("bundle.lead")}>
        <div className={styles.drop}>
          <Bundle receipt={receipt} checks={checks} verdict={verify.data} keys={keys} />
          <Link href={to.job(job)}>{t("job.open")}</Link>
        </div>
      </Section>
    </PartyOrder>
  );
}

interface BundleProps {
  receipt: SignedReceipt;
  checks?: Check[] | null;
  verdict?: ReceiptVerdict;
  keys: Keys;
}

/** Everything that an auditor needs away from this node, in one file. */
function Bundle({ receipt, checks, verdict, keys }: BundleProps) {
  const t = audit.useT();
  const me = useMe();
  const job = receipt.receipt.job_id;
  const make = async (): Promise<void> => {
    const trail = me.can("audit.read") ? await entriesOf(`job:${job}`) : undefined;
    const parts = Object.entries(receipt.receipt.agreement.parts);
    const document = {
      receipt,
      keys: Object.fromEntries(parts.map(([party, { part }]) => [party, { key: part.key, fingerprint: keys[party] }])),
      checked: { at: new Date().toISOString(), by: me.node?.name, browser: checks, node: verdict },
      trail: trail?.entries,
      head: trail?.head,
    };
    saveText(JSON.stringify(document, null, 2), `proof-${job}.json`);
  };
  return <Button onClick={() => void make()}>{t("bundle.save")}</Button>;
}

const PAGE = 5_000;

/** The entries about one subject, and the head of the whole trail. */
async function entriesOf(subject: string): Promise<{ entries: AuditEntry[]; head?: { number: number; hash: string } }> {
  const entries: AuditEntry[] = [];
  let last: AuditEntry | undefined;
  for (;;) {
    const { items } = await get("/audit", { query: { after: last?.number ?? 0, limit: PAGE } });
    entries.push(...items.filter((entry) => entry.subject === subject));
    last = items.at(-1) ?? last;
    if (items.length < PAGE) return { entries, head: last && { number: last.number, hash: last.hash } };
  }
}
