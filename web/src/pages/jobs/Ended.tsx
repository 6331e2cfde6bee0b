/** A job that somebody ended: who, when, and why where that is known here. */

import { Actor } from "../../actors/Actor";
import type { JobDetail } from "../../api/types";
import { useCodeText } from "../../core/problems";
import { useMe } from "../../core/session";
import { visible } from "../../core/visible";
import { Diagnostic, Time } from "../../ui/Diagnostic";
import { Party } from "../../ui/Party";
import { Card } from "../../ui/Section";
import { type Cause, causeOf } from "./causes";
import styles from "./job.module.css";
import { jobs } from "./texts";
import { useReason } from "./useReason";

export function Ended({ job }: { job: JobDetail }) {
  const t = jobs.useT();
  const cause = causeOf(job);
  if (cause === null) return null;
  const [before = "", after = ""] = t(job.state === "CANCELLED" ? "ended.cancelled" : "ended.rejected").split(
    "{party}",
  );
  return (
    <Card tone={job.state === "CANCELLED" ? "info" : "warn"}>
      <p className={styles.problem}>
        {before}
        <Party name={cause.party} size="sm" />
        {after} · <Time at={job.ended_at} />
      </p>
      <Why job={job} cause={cause} />
    </Card>
  );
}

const BARE = new Set(["job.cancelled", "job.rejected"]);

function Why({ job, cause }: { job: JobDetail; cause: Cause }) {
  const t = jobs.useT();
  const me = useMe().node?.name;
  const bare = BARE.has(cause.code);
  return (
    <>
      {!bare && <Told job={job} code={cause.code} />}
      {cause.party === me ? (
        <Here job={job} />
      ) : (
        <p className={styles.text}>{t(bare ? "ended.reason_there" : "ask_party", { party: cause.party })}</p>
      )}
    </>
  );
}

/** What is known of the code: all of it where it happened here. */
function Told({ job, code }: { job: JobDetail; code: string }) {
  const meaning = useCodeText();
  if (job.error !== null) return <Diagnostic problem={job.error} compact />;
  return (
    <p className={styles.text}>
      {meaning(code) ?? code} <code>{code}</code>
    </p>
  );
}

/** The person and the reason, which only this node knows. */
function Here({ job }: { job: JobDetail }) {
  const t = jobs.useT();
  const known = useReason(job);
  if (known === undefined) return null;
  return (
    <>
      {known.by !== undefined && (
        <p className={styles.text}>
          {t("ended.by")} <Actor of={known.by} />
        </p>
      )}
      {known.reason === "" ? (
        <p className={styles.text}>{t("ended.no_reason")}</p>
      ) : (
        <blockquote className={styles.reason} data-raw>
          {visible(known.reason)}
        </blockquote>
      )}
    </>
  );
}
