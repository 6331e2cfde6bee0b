/** What the report says, in the order in which it is asked: what, who, what came out, what was disclosed, what proves it. */
import { type ReactNode, useEffect, useState } from "react";
import { useAct, useGet } from "../api/hooks";
import type { JobDetail, JobResult } from "../api/types";
import { OnPaper } from "../charts/paper";
import { canHash, digest } from "../core/crypto";
import { useFormat } from "../core/format";
import type { SignedReceipt } from "../core/receipt";
import { useMe } from "../core/session";
import { useW } from "../core/texts";
import { costsByParty, forecastOf, secondsOf } from "../pages/jobs/cost";
import { useOperatorTitle } from "../pages/jobs/operators";
import { jobs } from "../pages/jobs/texts";
import { useLog } from "../pages/jobs/useLog";
import { Checks } from "../pages/jobs/Verdict";
import { arranged } from "../results/arranged";
import { Released } from "../results/Released";
import { DocumentView, useDocument } from "../results/ResultView";
import { Async } from "../ui/Async";
import { StateBadge } from "../ui/Badge";
import { type DisclosedLine, Disclosures } from "../ui/Disclosures";
import { KeyValue } from "../ui/KeyValue";
import { Party } from "../ui/Party";
import styles from "./report.module.css";
import { report } from "./texts";

export function Sheet({ job }: { job: JobDetail }) {
  const t = report.useT();
  const me = useMe();
  return (
    <OnPaper.Provider value={true}>
      <Head job={job} />
      {me.can("result.read") && <Reports job={job} />}
      <Block title={t("disclosures")} lead={t("disclosures.lead")}>
        <Disclosures of={job.disclosures as Record<string, DisclosedLine[]>} withSteps />
      </Block>
      <Steps job={job} />
      <Costs job={job} />
      {job.has_receipt && <Proof job={job} />}
    </OnPaper.Provider>
  );
}

function Block({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  return (
    <section className={styles.block}>
      <h2 className={styles.heading}>{title}</h2>
      {lead !== undefined && <p className={styles.lead}>{lead}</p>}
      {children}
    </section>
  );
}

function Head({ job }: { job: JobDetail }) {
  const t = report.useT();
  const w = useW();
  const format = useFormat();
  const title = t("title", { name: job.name });
  useEffect(() => {
    document.title = `${title} · Tacit`;
  }, [title]);
  const said = w((job.flow as { title?: { zh: string; en: string } }).title);
  return (
    <header className={styles.head}>
      <h1 className={styles.title}>{title}</h1>
      {said !== "" && <p className={styles.said}>{said}</p>}
      <KeyValue
        items={[
          [t("state"), <StateBadge key="state" state={job.state} />],
          [t("initiator"), <Party key="initiator" name={job.initiator} size="sm" />],
          [t("began"), job.started_at === null ? "–" : format.utc(job.started_at)],
          [t("ended"), job.ended_at === null ? "–" : format.utc(job.ended_at)],
          job.agreement_id !== null && [t("agreement"), <code key="agreement">{job.agreement_id}</code>],
          [t("job"), <code key="job">{job.id}</code>],
        ]}
      />
      <p className={styles.hash}>
        {t("flow_hash")} <code>{job.flow_hash}</code>
      </p>
    </header>
  );
}

function Reports({ job }: { job: JobDetail }) {
  const query = useGet("/jobs/{job_id}/results", { path: { job_id: job.id } });
  return (
    <Async query={query} empty={() => false} height={400}>
      {(found) =>
        arranged(found.items, job).reports.map((result) => (
          <One key={`${result.step}.${result.port}`} job={job} result={result} />
        ))
      }
    </Async>
  );
}

function One({ job, result }: { job: JobDetail; result: JobResult }) {
  const t = report.useT();
  const title = useOperatorTitle();
  const query = useDocument(job.id, result.step, result.port);
  const operator = job.steps.find((step) => step.id === result.step)?.operator ?? "";
  return (
    <Block title={title(operator)} lead={t("of_step", { step: result.step })}>
      <Released query={query} job={job.id}>
        <Async query={query} empty={() => false} height={300}>
          {(document) => <DocumentView job={job} step={result.step} document={document} />}
        </Async>
      </Released>
    </Block>
  );
}

function Steps({ job }: { job: JobDetail }) {
  const t = report.useT();
  const title = useOperatorTitle();
  return (
    <Block title={t("steps")}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("step")}</th>
            <th scope="col">{t("operator")}</th>
            <th scope="col">{t("seats")}</th>
            <th scope="col">{t("state")}</th>
          </tr>
        </thead>
        <tbody>
          {job.steps.map((step) => (
            <tr key={step.id}>
              <th scope="row">{step.id}</th>
              <td>{title(step.operator)}</td>
              <td>
                {Object.entries(step.at)
                  .map(([role, party]) => `${role}: ${party}`)
                  .join(", ")}
              </td>
              <td>
                <StateBadge state={step.state} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Block>
  );
}

function Costs({ job }: { job: JobDetail }) {
  const t = report.useT();
  const j = jobs.useT();
  const format = useFormat();
  const forecast = forecastOf(job);
  return (
    <Block title={t("costs")}>
      <KeyValue
        items={[
          [j("took"), format.seconds(secondsOf(job, Date.now()))],
          [j("forecast"), forecast === null ? "–" : format.seconds(forecast.seconds)],
        ]}
      />
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{j("party")}</th>
            <th scope="col">{j("cost.cpu")}</th>
            <th scope="col">{j("cost.sent")}</th>
            <th scope="col">{j("cost.received")}</th>
            <th scope="col">{j("cost.memory")}</th>
          </tr>
        </thead>
        <tbody>
          {costsByParty(job).map((line) => (
            <tr key={line.party}>
              <th scope="row">
                <Party
                  name={line.party}
                  kind={job.parties[line.party]?.kind === "dealer" ? "dealer" : "data"}
                  size="sm"
                />
              </th>
              <td>{format.seconds(line.cpu)}</td>
              <td>{format.bytes(line.sent)}</td>
              <td>{format.bytes(line.received)}</td>
              <td>{format.bytes(line.memory === null ? null : line.memory * 1e6)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Block>
  );
}

function Proof({ job }: { job: JobDetail }) {
  const t = report.useT();
  const me = useMe();
  const query = useGet("/jobs/{job_id}/receipt", { path: { job_id: job.id } }, { staleTime: Number.POSITIVE_INFINITY });
  return (
    <Block title={t("proof")} lead={t("proof.lead")}>
      <Approvals job={job} />
      <Async query={query} empty={() => false} height={160}>
        {(found) => <Signatures signed={found as unknown as SignedReceipt} />}
      </Async>
      {me.can("job.verify") && <Verified job={job.id} />}
    </Block>
  );
}

function Approvals({ job }: { job: JobDetail }) {
  const t = report.useT();
  const format = useFormat();
  const log = useLog(job.id);
  const when = (party: string): string => {
    const event = log.data?.find((line) => line.party === party && line.code === "job.approved");
    return format.utc(event?.time ?? (party === job.initiator ? job.created_at : null));
  };
  return (
    <KeyValue
      items={Object.keys(job.parties).map((party): [ReactNode, ReactNode] => [
        t("approved", { party }),
        party === job.initiator ? t("asked", { time: when(party) }) : when(party),
      ])}
    />
  );
}

function Signatures({ signed }: { signed: SignedReceipt }) {
  const t = report.useT();
  const [hash, setHash] = useState<string>();
  useEffect(() => {
    if (canHash()) void digest(signed.receipt).then(setHash);
  }, [signed]);
  return (
    <>
      {hash !== undefined && (
        <p className={styles.hash}>
          {t("receipt_hash")} <code>{hash}</code>
        </p>
      )}
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("signer")}</th>
            <th scope="col">{t("key")}</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(signed.receipt.agreement.parts).map(([party, { part }]) => (
            <tr key={party}>
              <th scope="row">
                <Party name={party} size="sm" />
              </th>
              <td>
                <code className={styles.key}>{part.key}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** Verified once, when the report is made. */
function Verified({ job }: { job: string }) {
  const t = report.useT();
  const format = useFormat();
  const { mutate, data } = useAct("post", "/jobs/{job_id}/receipt/verify");
  const [at] = useState(() => new Date());
  useEffect(() => mutate({ path: { job_id: job } }), [mutate, job]);
  if (data === undefined) return <p data-waiting>{t("verifying")}</p>;
  return (
    <>
      <p className={styles.lead}>{t("verified_at", { time: format.utc(at) })}</p>
      <Checks verdict={data} />
    </>
  );
}
