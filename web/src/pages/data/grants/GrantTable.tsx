/** Grants as a list: who, what, within which limits, how it stands. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useAct } from "../../../api/hooks";
import type { Grant } from "../../../api/types";
import { useFormat } from "../../../core/format";
import { to } from "../../../core/nav";
import { Can } from "../../../core/permissions";
import { Badge, StateBadge } from "../../../ui/Badge";
import { Confirm } from "../../../ui/Confirm";
import { type Col, DataTable, type Selection } from "../../../ui/DataTable";
import { Time } from "../../../ui/Diagnostic";
import { Link } from "../../../ui/Link";
import { Party } from "../../../ui/Party";
import { data } from "../texts";
import styles from "./grants.module.css";

interface TableProps {
  caption: string;
  grants: Grant[];
  onMore?: () => void;
  selection?: Selection;
  /** Instead of ending a grant. */
  acts?: (grant: Grant) => React.ReactNode;
}

export function GrantTable({ caption, grants, onMore, selection, acts }: TableProps) {
  const t = data.useT();
  const columns: Col<Grant>[] = [
    {
      key: "dataset",
      title: t("dataset"),
      cell: (one) => <What one={one} />,
      sort: (one) => one.selector,
      text: wordsOf,
    },
    {
      key: "peer",
      title: t("partner"),
      cell: (one) => <Party name={one.peer} size="sm" />,
      sort: (one) => one.peer,
      tight: true,
    },
    { key: "purpose", title: t("purpose"), cell: (one) => <Purpose one={one} /> },
    { key: "limits", title: t("limits"), cell: (one) => <Limits one={one} /> },
    { key: "state", title: t("state"), cell: (one) => <State one={one} />, sort: (one) => one.state, tight: true },
    {
      key: "acts",
      title: t("actions"),
      hiddenTitle: true,
      align: "right",
      cell: (one) => (acts === undefined ? <End one={one} /> : acts(one)),
    },
  ];
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={grants}
      rowKey={(one) => one.id}
      selection={selection}
      onMore={onMore}
      filter={grants.length > 6}
    />
  );
}

const wordsOf = (one: Grant): string => [one.selector, one.peer, one.purpose, ...one.datasets].join(" ");

function What({ one }: { one: Grant }) {
  const t = data.useT();
  const names = one.datasets.filter((name) => name !== one.selector);
  return (
    <div className={styles.cell}>
      {one.side === "given" && !one.selector.includes("*") && !one.selector.includes("?") ? (
        <Link href={to.dataset(one.selector)}>{one.selector}</Link>
      ) : (
        <strong>{one.selector}</strong>
      )}
      {names.length > 0 && <span className={styles.soft}>{t("grant.covers", { names: names.join(", ") })}</span>}
    </div>
  );
}

function Purpose({ one }: { one: Grant }) {
  const t = data.useT();
  return (
    <div className={styles.cell}>
      <span data-raw={one.purpose !== null || undefined}>{one.purpose ?? t("grant.any_purpose")}</span>
      {one.agreement !== null && <Link href={to.agreement(one.agreement)}>{t("grant.under")}</Link>}
    </div>
  );
}

function Limits({ one }: { one: Grant }) {
  const t = data.useT();
  const format = useFormat();
  return (
    <div className={styles.cell}>
      <span>{one.operators === null ? t("grant.any_operator") : one.operators.join(", ")}</span>
      <span className={styles.soft}>
        {one.until === null ? t("grant.no_end") : t("grant.until", { date: format.date(one.until) })}
        {" · "}
        {one.max_jobs === null
          ? t("grant.used", { count: one.used })
          : t("grant.used_of", { used: one.used, count: one.max_jobs })}
      </span>
    </div>
  );
}

function State({ one }: { one: Grant }) {
  const t = data.useT();
  return (
    <div className={styles.cell}>
      {one.expired && one.state === "APPROVED" ? (
        <Badge tone="idle">{t("grant.expired")}</Badge>
      ) : (
        <StateBadge state={one.state} />
      )}
      <span className={styles.soft}>
        <Time at={one.ended_at ?? one.created_at} how="ago" />
      </span>
    </div>
  );
}

/** Ends a grant at both nodes. */
function End({ one }: { one: Grant }) {
  const t = data.useT();
  const [asking, setAsking] = useState(false);
  const act = useAct("post", "/grants/{grant}/revoke", { invalidates: ["/grants"], success: t("grant.revoked") });
  if (one.state !== "APPROVED") return null;
  const label = t(one.side === "given" ? "grant.revoke" : "grant.give_up");
  return (
    <>
      <Can action="grant.revoke">
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`${label}: ${one.selector}, ${one.peer}`}
          onClick={() => setAsking(true)}
        >
          {label}
        </Button>
      </Can>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={t("grant.revoke.title", { name: one.selector, peer: one.peer })}
        text={t(one.side === "given" ? "grant.revoke.text" : "grant.give_up.text")}
        label={label}
        danger
        onConfirm={() => act.mutateAsync({ path: { grant: one.id } })}
      />
    </>
  );
}
