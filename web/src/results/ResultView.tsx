/** One result of a job, by whichever viewer knows it. */
import { lazy, Suspense } from "react";
import { useGet } from "../api/hooks";
import type { JobDetail, JobResult } from "../api/types";
import { useFormat } from "../core/format";
import { Async, Loading } from "../ui/Async";
import { Copy } from "../ui/Copy";
import { KeyValue } from "../ui/KeyValue";
import { Card } from "../ui/Section";
import { Released } from "./Released";
import { results } from "./texts";
import { viewerOf } from "./viewer";
import "./viewers";

const Rows = lazy(() => import("./table/Rows"));
const Tree = lazy(() => import("./tree/Tree"));

/** Documents for people; the others are pieces for later steps. */
const SHOWN: ReadonlySet<string> = new Set(["report", "transform"]);

export function ResultView({ job, result }: { job: JobDetail; result: JobResult }) {
  const t = results.useT();
  if (!result.readable) {
    return (
      <>
        <Card tone="info">{t("secret")}</Card>
        <Facts result={result} />
      </>
    );
  }
  return (
    <Suspense fallback={<Loading height={240} />}>
      {result.form === "table" ? (
        <Rows job={job.id} result={result} />
      ) : result.form === "document" && SHOWN.has(result.kind) ? (
        <Report job={job} result={result} />
      ) : (
        <Facts result={result} />
      )}
    </Suspense>
  );
}

/** Asks once: each reading is written into the node's audit trail. */
export function useDocument(job: string, step: string, port: string, enabled = true) {
  return useGet(
    "/jobs/{job_id}/results/{step}/{port}",
    { path: { job_id: job, step, port } },
    { staleTime: Number.POSITIVE_INFINITY, enabled },
  );
}

function Report({ job, result }: { job: JobDetail; result: JobResult }) {
  const query = useDocument(job.id, result.step, result.port);
  return (
    <Released query={query} job={job.id}>
      <Async query={query} height={320} empty={() => false}>
        {(document) => <DocumentView job={job} step={result.step} document={document} />}
      </Async>
    </Released>
  );
}

interface DocumentViewProps {
  job: JobDetail;
  step: string;
  document: unknown;
  other?: { document: unknown; name: string };
}

export function DocumentView({ job, step, document, other }: DocumentViewProps) {
  const kind = typeof document === "object" && document !== null ? (document as { kind?: unknown }).kind : undefined;
  const viewer = viewerOf(kind);
  if (viewer === undefined) return <Tree value={document} />;
  const View = viewer.component;
  return (
    <Suspense fallback={<Loading height={240} />}>
      <View document={document as never} job={job} step={step} other={other as never} />
    </Suspense>
  );
}

function Facts({ result }: { result: JobResult }) {
  const t = results.useT();
  const format = useFormat();
  return (
    <KeyValue
      wide
      items={[
        [t("facts.kind"), result.kind],
        [t("facts.size"), format.bytes(result.bytes)],
        result.rows !== null && [t("rows"), format.number(result.rows)],
        [
          t("facts.digest"),
          <span key="digest">
            <code>{result.digest}</code> <Copy value={result.digest} what={t("facts.digest")} />
          </span>,
        ],
      ]}
    />
  );
}
