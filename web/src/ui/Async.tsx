/** What a query has to show, in every state that it can be in. */
import { Button, Skeleton } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";
import { asProblem } from "../api/client";
import { useFormat } from "../core/format";
import { core } from "../core/texts";
import styles from "./Async.module.css";
import { Diagnostic } from "./Diagnostic";

interface Query<X> {
  data: X | undefined;
  error: unknown;
  isFetching: boolean;
  dataUpdatedAt: number;
  refetch(): unknown;
}

interface AsyncProps<X> {
  query: Query<X>;
  /** Whether there is nothing to show. Lists need none: an empty list is empty. */
  empty?: (data: X) => boolean;
  emptyView?: ReactNode;
  /** Height of what will come, so that nothing jumps. */
  height?: number;
  children: (data: X) => ReactNode;
}

export function Async<X>({ query, empty, emptyView, height = 160, children }: AsyncProps<X>) {
  const { data, error } = query;
  if (data === undefined) {
    return error ? (
      <Diagnostic problem={asProblem(error)} onRetry={() => query.refetch()} />
    ) : (
      <Loading height={height} />
    );
  }
  const none = empty === undefined ? Array.isArray(data) && data.length === 0 : empty(data);
  return (
    <>
      {error ? <Stale at={query.dataUpdatedAt} onRetry={() => query.refetch()} /> : null}
      {none ? (emptyView ?? <Empty />) : children(data)}
    </>
  );
}

/** A grey place, shown only where waiting takes long enough to be noticed. */
export function Loading({ height = 160 }: { height?: number }) {
  const t = core.useT();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setLate(true), 300);
    return () => window.clearTimeout(timer);
  }, []);
  return (
    <div role="status" aria-label={t("loading")} className={styles.loading} data-late={late || undefined}>
      {late ? <Skeleton height={height} radius="md" /> : <div className={styles.still} />}
    </div>
  );
}

/** Nothing there: what it would be, and the one next step. */
export function Empty({ title, text, action }: { title?: string; text?: ReactNode; action?: ReactNode }) {
  const t = core.useT();
  return (
    <div className={styles.empty}>
      <p className={styles.emptyTitle}>{title ?? t("nothing")}</p>
      {text !== undefined && <p className={styles.emptyText}>{text}</p>}
      {action}
    </div>
  );
}

function Stale({ at, onRetry }: { at: number; onRetry: () => void }) {
  const t = core.useT();
  const format = useFormat();
  return (
    <div className={styles.stale} role="status">
      <span>{t("stale", { time: format.clock(at) })}</span>
      <Button size="compact-xs" variant="subtle" onClick={onRetry}>
        {t("retry")}
      </Button>
    </div>
  );
}
