/** What came of a job: the overlap, or how good the model is beside what only a demo may know. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { get } from "../api/hooks";
import type { JobDetail } from "../api/types";
import { useFormat } from "../core/format";
import { to } from "../core/nav";
import { own } from "../core/own";
import { useChairs } from "../demo/Chairs";
import type { FlowDoc } from "../flow/document";
import type { EvaluationReport, PsiReport } from "../results/documents";
import type { Part, Stage } from "./stage";
import styles from "./Tour.module.css";
import { tour } from "./texts";
import { Way } from "./Way";

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
        <Way href={to.job(job.id, "results")} variant="default">
          {t("see_result")}
        </Way>
        {!atFirst && (
          <Button size="compact-sm" onClick={() => sit(stage.first, to.job(job.id, "results"))}>
            {t("back_to", { chair: stage.first.name })}
          </Button>
        )}
      </div>
    </>
  );
}

/** A report of this job, where this party has it. */
function useReport<R>(job: JobDetail, stage: Stage, operators: readonly string[]): Partial<R> | undefined {
  const isHere = (at: Record<string, string>): boolean => Object.values(at).includes(stage.own?.name ?? "");
  const step = job.steps.find((each) => operators.includes(each.operator) && isHere(each.at))?.id;
  const found = useQuery({
    queryKey: ["tour", job.id, step],
    enabled: step !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: async () => {
      const path = { job_id: job.id, step: step ?? "", port: "report" };
      const document: unknown = await get("/jobs/{job_id}/results/{step}/{port}", { path });
      return document as Partial<R>;
    },
  });
  return found.data;
}

/** What was revealed decides the words: a count tells nobody which rows they are. */
const FOUND = { rows: "intersect.matched", count: "intersect.counted" } as const;

function Overlap({ job, stage }: { job: JobDetail; stage: Stage }) {
  const t = tour.useT();
  const format = useFormat();
  const { matched, reveal } = useReport<PsiReport>(job, stage, ["psi", "psi.many"]) ?? {};
  const words = own(FOUND, reveal ?? "");
  const seconds = (Date.parse(job.ended_at ?? "") - Date.parse(job.started_at ?? "")) / 1000;
  if (matched == null || words === undefined) return <p>{t("done")}</p>;
  return (
    <p>
      <strong className={styles.figure}>{format.number(matched)}</strong> {t(words, { time: format.seconds(seconds) })}
    </p>
  );
}

const EVALUATION = "evaluation.binary";

/** What is known of the demo's tables says nothing about a model of other data. */
function isOfDemo(job: JobDetail, { facts }: Stage): boolean {
  const { steps } = job.flow as unknown as FlowDoc;
  return facts !== undefined && steps.some(({ params }) => params?.label === facts.label);
}

function Quality({ job, stage }: { job: JobDetail; stage: Stage }) {
  const t = tour.useT();
  const { first } = stage;
  const { auc } = useReport<EvaluationReport>(job, stage, [EVALUATION]) ?? {};
  const isTested = job.steps.some(({ operator }) => operator === EVALUATION);
  if (auc === undefined) return <p>{isTested ? t("train.elsewhere", { first: first.name }) : t("done")}</p>;
  const facts = isOfDemo(job, stage) ? stage.facts : undefined;
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
      {facts !== undefined && <p className={styles.small}>{t("train.note")}</p>}
    </>
  );
}
