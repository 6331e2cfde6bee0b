/** Flows that were approved once for many runs. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { Actor } from "../../actors/Actor";
import { useAct, usePages } from "../../api/hooks";
import type { Standing } from "../../api/types";
import { useFormat } from "../../core/format";
import { to } from "../../core/nav";
import { useMe } from "../../core/session";
import { Async, Empty } from "../../ui/Async";
import { Badge, Level, type Tone } from "../../ui/Badge";
import { Confirm } from "../../ui/Confirm";
import { type Col, DataTable } from "../../ui/DataTable";
import { Time } from "../../ui/Diagnostic";
import { Link } from "../../ui/Link";
import { Page } from "../../ui/Page";
import { Party } from "../../ui/Party";
import { approvals } from "./texts";

const TONES: Record<Standing["state"], Tone> = { waiting: "warn", active: "ok", rejected: "bad", revoked: "idle" };

export default function StandingApprovals() {
  const t = approvals.useT();
  const me = useMe();
  const { more, query } = usePages("/standing");
  const [revoking, setRevoking] = useState<Standing>();
  const revoke = useAct("post", "/standing/{standing_id}/revoke", {
    invalidates: ["/standing"],
    success: t("standing.revoked"),
  });
  const columns = useColumns(me.can("standing.revoke") ? setRevoking : undefined);
  return (
    <Page title={t("standing.title")} lead={t("standing.page_lead")} crumbs={[[t("title"), "/approvals"]]}>
      <Async query={query} emptyView={<Empty title={t("standing.empty")} text={t("standing.empty_text")} />}>
        {(rows) => (
          <DataTable
            caption={t("standing.title")}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            onMore={more}
            sort="-created"
          />
        )}
      </Async>
      <Confirm
        opened={revoking !== undefined}
        onClose={() => setRevoking(undefined)}
        title={t("standing.revoke")}
        text={t("standing.revoke_text", { name: revoking?.name ?? "" })}
        label={t("standing.revoke")}
        danger
        onConfirm={() => revoke.mutateAsync({ path: { standing_id: revoking?.id ?? "" } })}
      />
    </Page>
  );
}

function useColumns(onRevoke: ((standing: Standing) => void) | undefined): Col<Standing>[] {
  const t = approvals.useT();
  const format = useFormat();
  const runs = (row: Standing): string =>
    row.max_runs === null ? format.number(row.used) : `${format.number(row.used)} / ${format.number(row.max_runs)}`;
  return [
    {
      key: "name",
      title: t("flow"),
      sort: (row) => row.name,
      cell: (row) => (row.item === null ? row.name : <Link href={to.item(row.item)}>{row.name}</Link>),
    },
    {
      key: "initiator",
      title: t("initiator"),
      sort: (row) => row.initiator,
      cell: (row) => <Party name={row.initiator} size="sm" />,
    },
    {
      key: "state",
      title: t("state"),
      sort: (row) => row.state,
      cell: (row) => <Badge tone={TONES[row.state]}>{t(`standing.${row.state}`)}</Badge>,
    },
    { key: "level", title: t("level"), sort: (row) => row.level, cell: (row) => <Level level={row.level} /> },
    { key: "runs", title: t("standing.runs"), align: "right", sort: (row) => row.used, cell: runs },
    {
      key: "until",
      title: t("standing.until"),
      sort: (row) => row.until,
      cell: (row) => <Time at={row.until} how="date" />,
    },
    { key: "by", title: t("by"), cell: (row) => <Actor of={row.requested_by} /> },
    {
      key: "created",
      title: t("submitted"),
      sort: (row) => row.created_at,
      cell: (row) => <Time at={row.created_at} how="date" />,
    },
    {
      key: "act",
      title: t("actions"),
      hiddenTitle: true,
      align: "right",
      cell: (row) =>
        onRevoke !== undefined && row.state === "active" ? (
          <Button variant="default" size="compact-sm" onClick={() => onRevoke(row)}>
            {t("standing.revoke")}
          </Button>
        ) : null,
    },
  ];
}
