/** The flow as it was approved: drawn, and as text. */
import { Button, Group } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useAct } from "../../api/hooks";
import type { JobDetail } from "../../api/types";
import { fileName, save } from "../../charts/csv";
import { go } from "../../core/location";
import { to } from "../../core/nav";
import { Can } from "../../core/permissions";
import type { FlowDoc } from "../../flow/document";
import { Loading } from "../../ui/Async";
import { Copy } from "../../ui/Copy";
import { Diagnostic } from "../../ui/Diagnostic";
import { KeyValue } from "../../ui/KeyValue";
import { Link } from "../../ui/Link";
import { Section } from "../../ui/Section";
import styles from "./job.module.css";
import { jobs } from "./texts";

const FlowCanvas = lazy(() => import("../../flow/canvas/FlowCanvas"));

export default function FlowOf({ job }: { job: JobDetail }) {
  const t = jobs.useT();
  const text = JSON.stringify(job.flow, null, 2);
  const open = useAct("post", "/flows", { invalidates: ["/flows"] });
  const copy = async (): Promise<void> => {
    const made = await open.mutateAsync({ body: { document: job.flow, agreement: job.agreement_id } });
    go(to.flow(made.id));
  };
  return (
    <div className={styles.stack}>
      <Section
        title={t("flow")}
        lead={t("flow.lead")}
        actions={
          <Can action="flow.write">
            <Button variant="default" loading={open.isPending} onClick={() => void copy().catch(() => {})}>
              {t("flow.copy")}
            </Button>
          </Can>
        }
      >
        {open.error && <Diagnostic problem={open.error} compact />}
        <Suspense fallback={<Loading height={460} />}>
          <FlowCanvas doc={job.flow as unknown as FlowDoc} job={job} height={460} />
        </Suspense>
      </Section>
      <Section title={t("flow.facts")}>
        <KeyValue
          wide
          items={[
            [
              t("flow.hash"),
              <span key="hash">
                <code>{job.flow_hash}</code> <Copy value={job.flow_hash} what={t("flow.hash")} />
              </span>,
            ],
            [t("flow.profile"), <code key="profile">{String(job.flow.profile)}</code>],
            job.agreement_id !== null && [
              t("agreement"),
              <Link key="agreement" href={to.agreement(job.agreement_id)}>
                {job.agreement_id}
              </Link>,
            ],
          ]}
        />
      </Section>
      <Section
        title={t("flow.text")}
        actions={
          <Group gap="xs">
            <Copy value={text} what={t("flow.copy_text")} label />
            <Button
              size="compact-sm"
              variant="subtle"
              onClick={() => save(`${fileName(job.name)}.json`, text, "application/json")}
            >
              {t("flow.save")}
            </Button>
          </Group>
        }
      >
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
        <pre className={styles.json} tabIndex={0} data-raw>
          {text}
        </pre>
      </Section>
    </div>
  );
}
