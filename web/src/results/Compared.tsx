/** Reports of two jobs that are of the same kind: figures side by side, curves one over the other. */
import { useQueries } from "@tanstack/react-query";
import { get, keyOf, useGet } from "../api/hooks";
import type { JobDetail, JobResult } from "../api/types";
import { useFormat } from "../core/format";
import { Async } from "../ui/Async";
import { Section } from "../ui/Section";
import { arranged } from "./arranged";
import { type FigureKey, figuresOf, pairsOf } from "./compare";
import parts from "./parts.module.css";
import { Released } from "./Released";
import { DocumentView } from "./ResultView";
import { results } from "./texts";

export function Compared({ a, b }: { a: JobDetail; b: JobDetail }) {
  const one = useGet("/jobs/{job_id}/results", { path: { job_id: a.id } });
  const other = useGet("/jobs/{job_id}/results", { path: { job_id: b.id } });
  return (
    <Async query={one} height={200} empty={() => false}>
      {(first) => (
        <Async query={other} height={200} empty={() => false}>
          {(second) => (
            <Pairs a={a} b={b} first={arranged(first.items, a).reports} second={arranged(second.items, b).reports} />
          )}
        </Async>
      )}
    </Async>
  );
}

function Pairs({ a, b, first, second }: { a: JobDetail; b: JobDetail; first: JobResult[]; second: JobResult[] }) {
  const t = results.useT();
  const pairs = pairsOf(first, second);
  if (pairs.length === 0) return <Section title={t("compare.results")}>{t("compare.no_pairs")}</Section>;
  return pairs.map(({ step, port }) => <Pair key={`${step}.${port}`} a={a} b={b} step={step} port={port} />);
}

function Pair({ a, b, step, port }: { a: JobDetail; b: JobDetail; step: string; port: string }) {
  const t = results.useT();
  const [one, other] = useQueries({
    queries: [a, b].map((job) => {
      const params = { path: { job_id: job.id, step, port } };
      return {
        queryKey: keyOf("/jobs/{job_id}/results/{step}/{port}", params),
        queryFn: () => get("/jobs/{job_id}/results/{step}/{port}", params),
        staleTime: Number.POSITIVE_INFINITY,
      };
    }),
  });
  if (one === undefined || other === undefined || isBare(one.data, other.data)) return null;
  return (
    <Section title={t("compare.step", { step })}>
      <Released query={one} job={a.id}>
        <Released query={other} job={b.id}>
          <Async query={one} height={240} empty={() => false}>
            {(first) => (
              <Async query={other} height={240} empty={() => false}>
                {(second) => <Laid a={a} b={b} step={step} first={first} second={second} />}
              </Async>
            )}
          </Async>
        </Released>
      </Released>
    </Section>
  );
}

/** Nothing to set side by side. */
const isBare = (first: unknown, second: unknown): boolean =>
  first !== undefined && second !== undefined && figuresOf(first, second).length === 0;

interface LaidProps {
  a: JobDetail;
  b: JobDetail;
  step: string;
  first: unknown;
  second: unknown;
}

function Laid({ a, b, step, first, second }: LaidProps) {
  const overlaid = ["training", "binary_evaluation"].includes(String((first as { kind?: unknown }).kind));
  return (
    <div className={parts.stack}>
      <Figures first={first} second={second} />
      {overlaid && (
        <DocumentView
          job={{ ...a, name: `A · ${a.name}` }}
          step={step}
          document={first}
          other={{ document: second, name: `B · ${b.name}` }}
        />
      )}
    </div>
  );
}

function Figures({ first, second }: { first: unknown; second: unknown }) {
  const t = results.useT();
  const format = useFormat();
  const rows = figuresOf(first, second);
  if (rows.length === 0) return null;
  const name = (key: FigureKey): string => t(`figure.${key}`);
  return (
    <div className={parts.box}>
      <table className={parts.table}>
        <thead>
          <tr>
            <th scope="col">{t("compare.figure")}</th>
            <th scope="col" data-number>
              {t("compare.a")}
            </th>
            <th scope="col" data-number>
              {t("compare.b")}
            </th>
            <th scope="col" data-number>
              {t("compare.change")}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, a, b }) => (
            <tr key={key}>
              <th scope="row">{name(key)}</th>
              <td data-number>{format.number(a, 5)}</td>
              <td data-number>{format.number(b, 5)}</td>
              <td data-number>{a === null || b === null ? "–" : `${b > a ? "+" : ""}${format.number(b - a, 5)}`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
