/** The jobs that finished last, each with the figure that answers what it was for. */
import type { Job } from "../../api/types";
import { useFormat } from "../../core/format";
import { results } from "../../results/texts";
import { useHeadline } from "../../results/useHeadline";
import { Time } from "../../ui/Diagnostic";
import { Section } from "../../ui/Section";
import styles from "./home.module.css";
import { AllJobs, JobRow } from "./JobRow";
import { home } from "./texts";

export default function Finished({ jobs }: { jobs: Job[] }) {
  const t = home.useT();
  return (
    <Section title={t("finished")} actions={<AllJobs />} flush>
      <ul className={styles.rows}>
        {jobs.map((job) => (
          <JobRow key={job.id} job={job} tab="results" parties aside={<Figure job={job.id} />}>
            <p className={styles.small}>
              <Time at={job.ended_at} how="ago" />
            </p>
          </JobRow>
        ))}
      </ul>
    </Section>
  );
}

function Figure({ job }: { job: string }) {
  const t = results.useT();
  const format = useFormat();
  const { data } = useHeadline(job);
  if (!data) return null;
  return (
    <p className={styles.figure}>
      <strong>{format.number(data.value, 4)}</strong> {t(`figure.${data.key}`)}
    </p>
  );
}
