/** One joint computation: begun in the first chair, approved in the partner's, watched in both. */
import { Button, Progress } from "@mantine/core";
import { useState } from "react";
import { useLocation } from "wouter";
import { act, useGet } from "../api/hooks";
import type { JobDetail } from "../api/types";
import { useFormat } from "../core/format";
import { go } from "../core/location";
import { to } from "../core/nav";
import { useChairs } from "../demo/Chairs";
import { Diagnostic } from "../ui/Diagnostic";
import { Link } from "../ui/Link";
import { useByHand } from "./by_hand";
import { Outcome } from "./Outcome";
import { change, follow, useProgress } from "./progress";
import { FLOWS, flowOf, type Part, type Stage, useTables } from "./stage";
import styles from "./Tour.module.css";
import { tour } from "./texts";
import { Way } from "./Way";

interface PartProps {
  part: Part;
  stage: Stage;
}

export function JobCard({ part, stage }: PartProps) {
  const t = tour.useT();
  const own = useProgress()[part];
  const byHand = useByHand(stage)[part]?.id;
  const id = own ?? byHand;
  return (
    <>
      <p>{t(`${part}.text`, { first: stage.first.name, partner: stage.partner.name })}</p>
      {id === undefined ? <Begin part={part} stage={stage} /> : <Follow id={id} part={part} stage={stage} />}
    </>
  );
}

function Begin({ part, stage }: PartProps) {
  const t = tour.useT();
  const sit = useChairs();
  const { mine, theirs } = useTables(stage);
  const flow = flowOf(part, stage, mine, theirs);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>();
  if (stage.own !== stage.first) {
    return (
      <div>
        <Button size="compact-sm" onClick={() => sit(stage.first, "/")}>
          {t("change_to", { chair: stage.first.name })}
        </Button>
      </div>
    );
  }
  // not by a mutation: the news of the job may come before its answer, and take this part of the card away
  const begin = async (): Promise<void> => {
    setBusy(true);
    setFault(undefined);
    try {
      const { id } = await act("post", "/jobs", { body: { flow: { ...flow } } });
      change({ [part]: id });
      follow(to.job(id));
      go(to.job(id));
    } catch (thrown) {
      setFault(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <div className={styles.buttons}>
        <Button
          component={Link}
          href={`/flows/new?template=${FLOWS[part]}${mine === undefined ? "" : `&dataset=${encodeURIComponent(mine.name)}`}`}
          variant="default"
          size="compact-sm"
        >
          {t("yourself")}
        </Button>
        <Button size="compact-sm" loading={busy} disabled={flow === undefined} onClick={() => void begin()}>
          {t("for_me")}
        </Button>
      </div>
      {fault !== undefined && <Diagnostic problem={fault} compact />}
    </>
  );
}

function Follow({ id, part, stage }: PartProps & { id: string }) {
  const t = tour.useT();
  const query = useGet("/jobs/{job_id}", { path: { job_id: id } });
  const job = query.data;
  if (query.error && job === undefined) return <Diagnostic problem={query.error} compact />;
  if (job === undefined) return null;
  switch (job.state) {
    case "PENDING":
      return <Pending job={job} stage={stage} />;
    case "READY":
    case "RUNNING":
      return <Running job={job} />;
    case "FINISHED":
      return <Outcome job={job} part={part} stage={stage} />;
    default:
      return (
        <>
          <p>{t("ended_badly")}</p>
          <div className={styles.buttons}>
            <Way href={to.job(id)} variant="default">
              {t("see_job")}
            </Way>
            <Button size="compact-sm" onClick={() => change({ [part]: undefined })}>
              {t("again")}
            </Button>
          </div>
        </>
      );
  }
}

/** Waits for the partner's word: the way to their chair, and there to what has to be decided. */
function Pending({ job, stage }: { job: JobDetail; stage: Stage }) {
  const t = tour.useT();
  const sit = useChairs();
  const [path] = useLocation();
  const atPartner = stage.own === stage.partner;
  const inbox = useGet("/inbox", { query: { state: "open", limit: 100 } }, { enabled: atPartner }).data?.items;
  const item = inbox?.find(({ subject }) => subject === job.id);
  const waits = job.parties[stage.partner.name]?.decision === "waiting";
  if (!waits) return <p>{t("waits_rest")}</p>;
  if (!atPartner) {
    return (
      <>
        <p>{t("waits", { partner: stage.partner.name })}</p>
        <div>
          <Button size="compact-sm" onClick={() => sit(stage.partner, "/approvals")}>
            {t("change_to", { chair: stage.partner.name })}
          </Button>
        </div>
      </>
    );
  }
  return (
    <>
      <p>{t("decide", { first: stage.first.name })}</p>
      {item && path !== to.item(item.id) && (
        <div>
          <Way href={to.item(item.id)}>{t("read")}</Way>
        </div>
      )}
    </>
  );
}

function Running({ job }: { job: JobDetail }) {
  const t = tour.useT();
  const format = useFormat();
  const { done, total } = job.progress;
  return (
    <>
      <p>{t("running", { done: format.number(done), total: format.number(total) })}</p>
      <Progress value={(100 * done) / Math.max(1, total)} aria-label={t("progress")} />
      <div>
        <Way href={to.job(job.id)} variant="default">
          {t("watch")}
        </Way>
      </div>
    </>
  );
}
