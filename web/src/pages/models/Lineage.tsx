/** Where a version came from: job, parties, datasets; and, when asked, how good it was. */
import { Button } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useGet } from "../../api/hooks";
import type { JobDetail, JobResult, ModelVersion } from "../../api/types";
import { to } from "../../core/nav";
import { useMe } from "../../core/session";
import { useSpecWords } from "../../forms/spec_words";
import { Async, Empty, Loading } from "../../ui/Async";
import { StateBadge } from "../../ui/Badge";
import { Time } from "../../ui/Diagnostic";
import { KeyValue } from "../../ui/KeyValue";
import { Link } from "../../ui/Link";
import { Party, PartyOrder, useHue } from "../../ui/Party";
import { Section } from "../../ui/Section";
import styles from "./Models.module.css";
import { stepsOf, tellingIn } from "./metrics";
import { models } from "./texts";

const ResultView = lazy(async () => ({ default: (await import("../../results/ResultView")).ResultView }));

interface LineageProps {
  version: ModelVersion;
  /** Whether the reports are shown: reading them is written down. */
  metrics: boolean;
  onMetrics: () => void;
}

export function Lineage({ version, metrics, onMetrics }: LineageProps) {
  const t = models.useT();
  const me = useMe();
  const known = version.job_id !== null && me.can("job.read");
  const query = useGet("/jobs/{job_id}", { path: { job_id: version.job_id ?? "" } }, { enabled: known });
  if (!known) return <Empty title={t("lineage.unknown")} text={t("lineage.unknown_text")} />;
  return (
    <Async query={query} height={240}>
      {(job) => (
        <PartyOrder names={Object.keys(job.parties)}>
          <Section title={t("lineage")} lead={t("lineage.lead")}>
            <Sources job={job} />
            <div className={styles.ask} />
            <KeyValue
              items={[
                [
                  t("job"),
                  <Link key="job" href={to.job(job.id)}>
                    {job.name}
                  </Link>,
                ],
                [t("job.state"), <StateBadge key="state" state={job.state} />],
                [t("job.ended"), <Time key="ended" at={job.ended_at} />],
                [t("step"), <Step key="step" job={job} id={version.step} />],
                [
                  t("receipt"),
                  <Link key="receipt" href={`/audit/receipts/${encodeURIComponent(job.id)}`}>
                    {t("receipt.open")}
                  </Link>,
                ],
              ]}
            />
          </Section>
          {me.can("result.read") && <Metrics job={job} shown={metrics} onShow={onMetrics} />}
        </PartyOrder>
      )}
    </Async>
  );
}

/** What every party brought. */
function Sources({ job }: { job: JobDetail }) {
  const t = models.useT();
  const hue = useHue();
  const read = stepsOf(job).filter((step) => step.operator === "dataset.read");
  return (
    <ul className={styles.way} aria-label={t("sources")}>
      {Object.entries(job.parties).map(([party, part]) => {
        const datasets = read.filter((step) => step.at.owner === party).map((step) => `${step.params?.dataset ?? ""}`);
        return (
          <li key={party} data-hue={hue(party)}>
            <Party name={party} kind={part.kind === "dealer" ? "dealer" : "data"} />
            <p className={datasets.length === 0 ? styles.soft : undefined}>
              {datasets.length === 0 ? t("sources.none") : datasets.map((name) => <code key={name}>{name} </code>)}
            </p>
          </li>
        );
      })}
    </ul>
  );
}

/** The operator's title, and which step of the flow it is. */
function Step({ job, id }: { job: JobDetail; id: string | null }) {
  const words = useSpecWords();
  const operator = stepsOf(job).find((step) => step.id === id)?.operator;
  return (
    <>
      {operator !== undefined && `${words(operator).title} `}
      <code data-raw>{id}</code>
    </>
  );
}

interface MetricsProps {
  job: JobDetail;
  shown: boolean;
  onShow: () => void;
}

/** The evaluation and the training report, where this node has them. */
function Metrics({ job, shown, onShow }: MetricsProps) {
  const t = models.useT();
  const listed = useGet("/jobs/{job_id}/results", { path: { job_id: job.id } }).data?.items ?? [];
  const found = tellingIn(job, listed);
  return (
    <Section title={t("metrics")} lead={t("metrics.lead")}>
      {found.length === 0 && <p className={styles.soft}>{t("metrics.none")}</p>}
      {found.length > 0 && !shown && (
        <Button variant="default" onClick={onShow}>
          {t("metrics.show", { count: found.length })}
        </Button>
      )}
      {shown && <Reports job={job} results={found} />}
    </Section>
  );
}

function Reports({ job, results }: { job: JobDetail; results: JobResult[] }) {
  return (
    <div className={styles.results}>
      <Suspense fallback={<Loading height={320} />}>
        {results.map((result) => (
          <div key={`${result.step} ${result.port}`}>
            <h3>
              <Step job={job} id={result.step} />
            </h3>
            <ResultView job={job} result={result} />
          </div>
        ))}
      </Suspense>
    </div>
  );
}
