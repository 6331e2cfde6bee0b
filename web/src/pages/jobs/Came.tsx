/** What came of a job that has just finished under somebody's eyes, and the way to all of it. */
import { Button } from "@mantine/core";
import type { JobDetail } from "../../api/types";
import { useFormat } from "../../core/format";
import { to } from "../../core/nav";
import { results } from "../../results/texts";
import { useHeadline } from "../../results/useHeadline";
import { Link } from "../../ui/Link";
import { Card } from "../../ui/Section";
import styles from "./job.module.css";
import { jobs } from "./texts";

export function Came({ job }: { job: JobDetail }) {
  const t = jobs.useT();
  const words = results.useT();
  const format = useFormat();
  const { data } = useHeadline(job.id);
  return (
    <Card tone="ok">
      <div className={styles.row}>
        <span className={styles.grow} role="status">
          {t("came")}{" "}
          {data && (
            <>
              {words(`figure.${data.key}`)}: <strong className={styles.came}>{format.number(data.value, 4)}</strong>
            </>
          )}
        </span>
        <Button component={Link} href={to.job(job.id, "results")}>
          {t("came.see")}
        </Button>
      </div>
    </Card>
  );
}
