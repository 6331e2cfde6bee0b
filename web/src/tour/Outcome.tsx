/** What came of a job: the overlap, or how good the model is beside what only a demo may know. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { get } from "../api/hooks";
import type { JobDetail } from "../api/types";
import { useFormat } from "../core/format";
import { to } from "../core/nav";
import { useChairs } from "../demo/Chairs";
import { Link } from "../ui/Link";
import type { Part, Stage } from "./stage";
import styles from "./Tour.module.css";
import { tour } from "./texts";

interface OutcomeProps {
  job: JobDetail;
  part: Part;
  stage: Stage;
}

export function Outcome({ job, part, stage }: OutcomeProps) {
  const t = tour.useT();
  const sit = useChairs();
  const atFirst = stage.own === stage.first;
  return (
    <>
      {part === "intersect" ? <Overlap job={job} stage={stage} /> : <Quality job={job} stage={stage} />}
      <div className={styles.buttons}>
        <Button component={Link} href={to.job(job.id, "results")} variant="default" size="compact-sm">
          {t("see_result")}
        </Button>
        {!atFirst && (
          <Button size="compact-sm" onClick={() => sit(stage.first, to.job(job.id, "results"))}>
            {t("back_to", { chair: stage.first.name })}
          </Button>
        )}
      </div>
    </>
  );
}

/** A figure of a report of this job, where this party has it. */
function useFigure(job: JobDetail, stage: Stage, operator: string, field: string): number | undefined {
  const isHere = (at: Record<string, string>): boolean => Object.values(at).includes(stage.own?.name ?? "");
  const step = job.steps.find((each) => each.operator === operator && isHere(each.at))?.id;
  const found = useQuery({
    queryKey: ["tour", job.id, step, field],
    enabled: step !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: async () => {
      const path = { job_id: job.id, step: step ?? "", port: "report" };
      const document: unknown = await get("/jobs/{job_id}/results/{step}/{port}", { path });
      const value = (document as Record<string, unknown>)[field];
      return typeof value === "number" ? value : null;
    },
  });
  return found.data ?? undefined;
}

function Overlap({ job, stage }: { job: JobDetail; stage: Stage }) {
  const t = tour.useT();
  const format = useFormat();
  const matched = useFigure(job, stage, "psi", "matched");
  const seconds = (Date.parse(job.ended_at ?? "") - Date.parse(job.started_at ?? "")) / 1000;
  if (matched === undefined) return <p>{t("done")}</p>;
  return (
    <p>
      <strong className={styles.figure}>{format.number(matched)}</strong>{" "}
      {t("intersect.matched", { time: format.seconds(seconds) })}
    </p>
  );
}

function Quality({ job, stage }: { job: JobDetail; stage: Stage }) {
  const t = tour.useT();
  const auc = useFigure(job, stage, "evaluation.binary", "auc");
  if (auc === undefined) return <p>{t("train.elsewhere", { first: stage.first.name })}</p>;
  const { facts, first } = stage;
  const rows: [string, number | undefined][] = [
    [t("train.together"), auc],
    [t("train.alone", { first: first.name }), facts?.alone],
    [t("train.pooled"), facts?.pooled],
  ];
  return (
    <>
      <p>{t("train.auc")}</p>
      <dl className={styles.bars}>
        {rows.map(([label, value]) =>
          value === undefined ? null : (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value.toFixed(4)}</dd>
            </div>
          ),
        )}
      </dl>
      <p className={styles.small}>{t("train.note")}</p>
    </>
  );
}
