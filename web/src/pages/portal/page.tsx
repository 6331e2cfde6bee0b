/** How organisations find each other: applying to join elsewhere, and strangers that apply here. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useGet, usePages } from "../../api/hooks";
import type { Application } from "../../api/types";
import { Can } from "../../core/permissions";
import { useMe } from "../../core/session";
import { Async, Empty } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { type Col, DataTable } from "../../ui/DataTable";
import { Time } from "../../ui/Diagnostic";
import { Page } from "../../ui/Page";
import { Card, Section } from "../../ui/Section";
import { Apply } from "./Apply";
import styles from "./Portal.module.css";
import { StateOf } from "./Progress";
import { portal } from "./texts";

export const applicationPlace = (id: string): string => `/operations/portal/${encodeURIComponent(id)}`;

export default function Portal() {
  const t = portal.useT();
  const [applying, setApplying] = useState(false);
  return (
    <Page
      title={t("title")}
      crumbs={[[t("operations"), "/operations"]]}
      lead={t("lead")}
      actions={
        <Can action="portal.apply">
          <Button onClick={() => setApplying(true)}>{t("apply")}</Button>
        </Can>
      }
    >
      <Applications side="received" />
      <Applications side="sent" />
      <Apply opened={applying} onClose={() => setApplying(false)} />
    </Page>
  );
}

function Applications({ side }: { side: Application["side"] }) {
  const t = portal.useT();
  const { query, more } = usePages("/applications", { query: { side } }, { refetchInterval: 30_000 });
  const columns = useColumns(side);
  return (
    <Section title={t(side)} lead={t(`${side}.lead`)} flush>
      {side === "received" && <Door />}
      <Async query={query} emptyView={<Empty title={t(`${side}.empty`)} text={t(`${side}.empty_text`)} />}>
        {(rows) => (
          <DataTable
            caption={t(side)}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            rowHref={(row) => applicationPlace(row.id)}
            onMore={more}
            sort="-created"
          />
        )}
      </Async>
    </Section>
  );
}

const DOOR = "accept_applications = true";

/** Whether this node takes applications at all; only for those who may look at its settings. */
function Door() {
  const t = portal.useT();
  const me = useMe();
  const settings = useGet("/node/settings", undefined, { enabled: me.can("node.diagnose"), staleTime: 300_000 }).data;
  const open = settings?.items.find((item) => item.name === "accept_applications")?.value;
  if (open === undefined) return null;
  return (
    <div className={styles.door}>
      {open ? (
        <Badge tone="ok">{t("door.open")}</Badge>
      ) : (
        <Card tone="info">
          {t("door.closed")} <code>{DOOR}</code>
        </Card>
      )}
    </div>
  );
}

function useColumns(side: Application["side"]): Col<Application>[] {
  const t = portal.useT();
  return [
    {
      key: "who",
      title: t(`${side}.who`),
      sort: (row) => row.institution ?? row.address,
      cell: (row) => <span data-raw>{row.institution ?? row.node ?? row.address}</span>,
    },
    { key: "address", title: t("address"), sort: (row) => row.address, cell: (row) => <code>{row.address}</code> },
    { key: "state", title: t("state"), sort: (row) => row.state, cell: (row) => <StateOf application={row} /> },
    { key: "created", title: t("created"), sort: (row) => row.created_at, cell: (row) => <Time at={row.created_at} /> },
    {
      key: "expires",
      title: t("expires"),
      sort: (row) => row.expires_at,
      cell: (row) => <Time at={row.expires_at} how="date" />,
    },
  ];
}
