/** Everything that waits for a person at this node, the most urgent first. */
import { Button, SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { useGet, usePages } from "../../api/hooks";
import type { InboxCounts, InboxItem } from "../../api/types";
import { useQueryPart } from "../../core/location";
import { useMe } from "../../core/session";
import { core } from "../../core/texts";
import { Async, Empty } from "../../ui/Async";
import { Page } from "../../ui/Page";
import { BatchGrants } from "./BatchGrants";
import styles from "./Inbox.module.css";
import { ItemCard } from "./ItemCard";
import { approvals } from "./texts";
import { KINDS, type KindName, kindOf, SHOWS, type Show } from "./words";

export default function Inbox() {
  const t = approvals.useT();
  const me = useMe();
  const [query, change] = useQueryPart();
  const decides = me.can("inbox.decide");
  const show = SHOWS.find((each) => each === query.get("show")) ?? (decides ? "mine" : "open");
  const kind = kindOf(query.get("kind"));
  const counts = useGet("/inbox/counts").data;
  const [batch, setBatch] = useState(false);
  return (
    <Page
      title={t("title")}
      lead={t("lead")}
      help={<p>{t("help")}</p>}
      actions={
        decides && (counts?.kinds.grant ?? 0) > 0 ? (
          <Button variant="default" onClick={() => setBatch(true)}>
            {t("batch")}
          </Button>
        ) : undefined
      }
    >
      <div className={styles.bar}>
        <Shows show={show} counts={counts} decides={decides} onShow={(next) => change({ show: next })} />
        <Kinds kind={kind} counts={counts} all={show === "decided"} onKind={(next) => change({ kind: next })} />
      </div>
      <Items show={show} kind={kind} />
      <BatchGrants opened={batch} onClose={() => setBatch(false)} />
    </Page>
  );
}

interface ShowsProps {
  show: Show;
  counts?: InboxCounts;
  decides: boolean;
  onShow: (show: Show) => void;
}

function Shows({ show, counts, decides, onShow }: ShowsProps) {
  const t = approvals.useT();
  const label: Record<Show, string> = {
    mine: t("show.mine", { number: counts?.mine ?? 0 }),
    open: t("show.open", { number: counts?.open ?? 0 }),
    decided: t("show.decided"),
  };
  return (
    <SegmentedControl
      aria-label={t("show")}
      value={show}
      onChange={(next) => onShow(SHOWS.find((each) => each === next) ?? "open")}
      data={SHOWS.filter((each) => decides || each !== "mine").map((each) => ({ value: each, label: label[each] }))}
    />
  );
}

interface KindsProps {
  kind?: KindName;
  counts?: InboxCounts;
  /** Also kinds of which nothing waits. */
  all: boolean;
  onKind: (kind: KindName | undefined) => void;
}

function Kinds({ kind, counts, all, onKind }: KindsProps) {
  const t = approvals.useT();
  const there = KINDS.filter((each) => all || each === kind || (counts?.kinds[each] ?? 0) > 0);
  return (
    <fieldset className={styles.kinds} aria-label={t("kinds")}>
      <Chip on={kind === undefined} onClick={() => onKind(undefined)} label={t("kind.all")} />
      {there.map((each) => (
        <Chip
          key={each}
          on={kind === each}
          onClick={() => onKind(kind === each ? undefined : each)}
          label={t(`kind.${each}`)}
          count={all ? undefined : counts?.kinds[each]}
        />
      ))}
    </fieldset>
  );
}

function Chip({ on, onClick, label, count }: { on: boolean; onClick: () => void; label: string; count?: number }) {
  return (
    <button type="button" className={styles.chip} aria-pressed={on} onClick={onClick}>
      {label}
      {count !== undefined && <span>{count}</span>}
    </button>
  );
}

function Items({ show, kind }: { show: Show; kind?: KindName }) {
  const t = approvals.useT();
  const shared = core.useT();
  const asked = { mine: { mine: true }, open: { state: "open" as const }, decided: {} }[show];
  const { more, query } = usePages("/inbox", { query: { kind, limit: 50, ...asked } });
  const shown = (items: InboxItem[]): InboxItem[] =>
    items.filter((item) => (item.state === "open") !== (show === "decided"));
  return (
    <Async
      query={query}
      height={320}
      empty={(items) => shown(items).length === 0 && more === undefined}
      emptyView={<Empty title={t(`empty.${show}`)} text={t(`empty.${show}.text`)} />}
    >
      {(items) => (
        <>
          <ul className={styles.list}>
            {shown(items).map((item) => (
              <ItemCard key={item.id} item={item} />
            ))}
          </ul>
          {more !== undefined && (
            <div className={styles.more}>
              <Button variant="default" onClick={more}>
                {shared("more")}
              </Button>
            </div>
          )}
        </>
      )}
    </Async>
  );
}
