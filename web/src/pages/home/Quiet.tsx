/** What there is nothing of: one line in place of empty cards. */
import { useGet } from "../../api/hooks";
import { IconCircleCheck } from "../../core/icons";
import { useMe } from "../../core/session";
import { Loading } from "../../ui/Async";
import styles from "./home.module.css";
import { failedOf, openOf, useJobs } from "./jobs";
import { isQuiet } from "./quiet";
import { home } from "./texts";
import { stillOpen, useWaiting } from "./Waiting";

export function Quiet() {
  const t = home.useT();
  const { can } = useMe();
  const [waiting, jobs] = [useWaiting(), useJobs()];
  const others = useOthers();
  if (waiting.isLoading || jobs.isLoading) return <Loading height={160} />;
  const lines = [
    can("inbox.read") && isQuiet(waiting, stillOpen) && t("waiting.none"),
    others > 0 && t("waiting.others", { count: others }),
    can("job.read") && isQuiet(jobs, openOf) && t("running.none"),
    can("job.read") && isQuiet(jobs, failedOf) && t("failed.none"),
  ].filter((line) => line !== false);
  if (lines.length === 0) return null;
  return (
    <div className={styles.quiet}>
      <IconCircleCheck size={18} aria-hidden />
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
    </div>
  );
}

/** Open items that are for other people. */
function useOthers(): number {
  const { can } = useMe();
  const counts = useGet("/inbox/counts", undefined, { enabled: can("inbox.read") }).data;
  return counts === undefined ? 0 : counts.open - counts.mine;
}
