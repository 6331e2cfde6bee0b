/** What the job left here: choose on the left, look on the right. */
import { NavLink } from "@mantine/core";
import { useMemo, useRef } from "react";
import { useGet } from "../../api/hooks";
import type { JobDetail, JobResult } from "../../api/types";
import { useFormat } from "../../core/format";
import { useQueryPart } from "../../core/location";
import { arranged } from "../../results/arranged";
import { ResultView } from "../../results/ResultView";
import { Async, Empty } from "../../ui/Async";
import { Section } from "../../ui/Section";
import { Elsewhere } from "./Elsewhere";
import { useOperatorTitle } from "./operators";
import styles from "./Results.module.css";
import { jobs } from "./texts";

export default function Results({ job }: { job: JobDetail }) {
  const t = jobs.useT();
  const query = useGet("/jobs/{job_id}/results", { path: { job_id: job.id } });
  const empty = (
    <Empty title={t("results.none")} text={job.ended_at === null ? t("results.later") : t("results.gone")} />
  );
  return (
    <>
      <Elsewhere job={job} />
      <Async query={query} empty={(found) => found.items.length === 0} emptyView={empty} height={320}>
        {(found) => <Chosen job={job} results={found.items} />}
      </Async>
    </>
  );
}

const nameOf = (result: JobResult): string => `${result.step}.${result.port}`;

function Chosen({ job, results }: { job: JobDetail; results: JobResult[] }) {
  const t = jobs.useT();
  const title = useOperatorTitle();
  const [query, change] = useQueryPart();
  const view = useRef<HTMLDivElement>(null);
  const choose = (result: JobResult): void => {
    change({ result: nameOf(result) });
    if (!startsInView(view.current)) view.current?.scrollIntoView({ block: "start" });
  };
  const groups = useMemo(() => arranged(results, job), [results, job]);
  const all = [...groups.reports, ...groups.tables, ...groups.others];
  const chosen = all.find((result) => nameOf(result) === query.get("result")) ?? all[0];
  const operator = (result: JobResult): string => job.steps.find((step) => step.id === result.step)?.operator ?? "";
  const list = (label: string, items: JobResult[]) =>
    items.length > 0 && (
      <div>
        <p className={styles.group}>{label}</p>
        {items.map((result) => (
          <NavLink
            key={nameOf(result)}
            component="button"
            type="button"
            className={styles.item}
            active={result === chosen}
            aria-current={result === chosen ? "true" : undefined}
            label={result.form === "document" && result.kind === "report" ? title(operator(result)) : nameOf(result)}
            description={<Described result={result} operator={title(operator(result))} />}
            onClick={() => choose(result)}
          />
        ))}
      </div>
    );
  if (chosen === undefined) return null;
  return (
    <div className={styles.split}>
      <nav className={styles.list} aria-label={t("tab.results")}>
        {list(t("results.reports"), groups.reports)}
        {list(t("results.tables"), groups.tables)}
        {list(t("results.pieces"), groups.others)}
      </nav>
      <div ref={view} className={styles.view}>
        <Section
          title={chosen.kind === "report" ? title(operator(chosen)) : nameOf(chosen)}
          lead={chosen.kind === "report" ? t("results.of_step", { step: chosen.step }) : title(operator(chosen))}
        >
          <ResultView key={nameOf(chosen)} job={job} result={chosen} />
        </Section>
      </div>
    </div>
  );
}

/** Whether the beginning of a box can be seen, and not only its first line. */
function startsInView(box: Element | null): boolean {
  const top = box?.getBoundingClientRect().top ?? 0;
  return top >= 0 && top < window.innerHeight * 0.6;
}

function Described({ result, operator }: { result: JobResult; operator: string }) {
  const t = jobs.useT();
  const format = useFormat();
  if (result.kind === "report") return <>{result.step}</>;
  return (
    <>
      {operator} · {result.rows === null ? format.bytes(result.bytes) : t("rows", { count: result.rows })}
    </>
  );
}
