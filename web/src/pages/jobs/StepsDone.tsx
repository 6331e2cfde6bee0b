/** How many steps of a job are done, as a bar and in words. */
import type { Job } from "../../api/types";
import styles from "./StepsDone.module.css";
import { jobs } from "./texts";

export function StepsDone({ job, wide }: { job: Job; wide?: boolean }) {
  const t = jobs.useT();
  const { done, total } = job.progress;
  const words = t("steps_done", { done, total });
  return (
    <div
      className={styles.done}
      data-wide={wide || undefined}
      role="progressbar"
      aria-label={t("progress")}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={done}
      aria-valuetext={words}
    >
      <div className={styles.track}>
        <div
          className={styles.fill}
          data-state={job.state}
          style={{ width: `${(100 * done) / Math.max(1, total)}%` }}
        />
      </div>
      <span className={styles.words}>{words}</span>
    </div>
  );
}
