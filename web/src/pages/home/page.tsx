/** What every person sees first: what waits, what runs, what went wrong, what came of it, and what to do next. */
import { lazy, Suspense } from "react";
import { useMe } from "../../core/session";
import { Loading } from "../../ui/Async";
import { Page } from "../../ui/Page";
import { Attention } from "./Attention";
import { FirstSteps, useFirstSteps } from "./FirstSteps";
import { GoOn } from "./GoOn";
import styles from "./home.module.css";
import { Failed, Running } from "./Jobs";
import { finishedOf, useJobs } from "./jobs";
import { Partners } from "./Partners";
import { Quiet } from "./Quiet";
import { partOfDay } from "./steps";
import { ThisNode } from "./ThisNode";
import { home } from "./texts";
import { Waiting } from "./Waiting";

const Finished = lazy(() => import("./Finished"));
/** Each may cost three requests, once. */
const FINISHED = 4;

export default function Home() {
  const t = home.useT();
  const me = useMe();
  const first = useFirstSteps();
  const finished = finishedOf(useJobs().data?.items ?? []).slice(0, FINISHED);
  return (
    <Page title={t(`greeting.${partOfDay(new Date().getHours())}`, { name: me.displayName })}>
      <FirstSteps {...first} />
      <div className={styles.columns}>
        <div className={styles.column}>
          <Waiting />
          <Running />
          <Failed />
          {finished.length > 0 && (
            <Suspense fallback={<Loading height={160} />}>
              <Finished jobs={finished} />
            </Suspense>
          )}
          <Quiet />
        </div>
        <div className={styles.column}>
          <Attention />
          <GoOn />
          {me.can("peer.read") && <Partners asked={first.steps.length > 0} />}
          {me.can("node.read") && <ThisNode />}
        </div>
      </div>
    </Page>
  );
}
