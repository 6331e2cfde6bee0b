/** What a partner publishes: datasets to ask for, and its products. Rows are never shown. */
import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { usePages } from "../../../api/hooks";
import type { PeerDataset } from "../../../api/types";
import { useFormat } from "../../../core/format";
import type { PageProps } from "../../../core/nav";
import { Can } from "../../../core/permissions";
import { useMe } from "../../../core/session";
import { Async, Empty } from "../../../ui/Async";
import { useColumnType } from "../../../ui/ColumnType";
import { type Col, DataTable } from "../../../ui/DataTable";
import { Link } from "../../../ui/Link";
import { Page } from "../../../ui/Page";
import { Party } from "../../../ui/Party";
import { Card } from "../../../ui/Section";
import { GrantForm } from "../grants/GrantForm";
import { data } from "../texts";
import styles from "./peer.module.css";

export default function PeerData({ params }: PageProps) {
  const t = data.useT();
  const { peer = "" } = params;
  const { items, more, query } = usePages("/peers/{name}/datasets", { path: { name: peer }, query: { limit: 500 } });
  const columns = useColumns(peer);
  const products = (
    <Can action="product.read">
      <Button component={Link} href={`/data/market?peer=${encodeURIComponent(peer)}`} variant="default">
        {t("peer.products")}
      </Button>
    </Can>
  );
  return (
    <Page
      title={t("peer.title", { peer })}
      badges={<Party name={peer} brief />}
      crumbs={[[t("catalogue"), "/data?tab=partners"]]}
      lead={t("peer.lead")}
      actions={products}
    >
      <Card tone="info">{t("peer.no_rows", { peer })}</Card>
      <Async query={query} height={240} emptyView={<Empty title={t("peer.none")} text={t("peer.none.text")} />}>
        {() => (
          <DataTable
            caption={t("peer.title", { peer })}
            columns={columns}
            rows={items}
            rowKey={(one) => one.name}
            onMore={more}
            filter
          />
        )}
      </Async>
    </Page>
  );
}

function useColumns(peer: string): Col<PeerDataset>[] {
  const t = data.useT();
  const format = useFormat();
  return [
    {
      key: "name",
      title: t("dataset"),
      cell: (one) => (
        <div>
          <strong>{one.name}</strong>
          <p className={styles.soft} data-raw>
            {one.description}
          </p>
        </div>
      ),
      sort: (one) => one.name,
      text: (one) => `${one.name} ${one.description ?? ""} ${one.columns.map((column) => column.name).join(" ")}`,
    },
    {
      key: "rows",
      title: t("rows"),
      align: "right",
      cell: (one) => format.number(one.rows, 0),
      sort: (one) => one.rows,
      tight: true,
    },
    { key: "columns", title: t("columns"), cell: (one) => <ColumnNames one={one} /> },
    {
      key: "acts",
      title: t("actions"),
      hiddenTitle: true,
      align: "right",
      cell: (one) => <Acts peer={peer} one={one} />,
    },
  ];
}

function ColumnNames({ one }: { one: PeerDataset }) {
  const typeOf = useColumnType();
  return (
    <ul className={styles.columns}>
      {one.columns.map((column) => (
        <li key={column.name} title={typeOf(column.type)}>
          {column.name}
        </li>
      ))}
    </ul>
  );
}

/** Asks for it; says so if there is a grant or a request already. */
function Acts({ peer, one }: { peer: string; one: PeerDataset }) {
  const t = data.useT();
  const { can } = useMe();
  const [asking, setAsking] = useState(false);
  const { items } = usePages("/grants", { query: { side: "asked", limit: 500 } }, { enabled: can("grant.read") });
  const standing = items.find(
    (grant) =>
      grant.peer === peer &&
      !grant.expired &&
      (grant.state === "APPROVED" || grant.state === "APPLIED") &&
      (grant.datasets.includes(one.name) || grant.selector === one.name),
  );
  return (
    <Group justify="flex-end" wrap="nowrap" gap="xs">
      {standing !== undefined && (
        <span className={styles.soft}>{t(standing.state === "APPROVED" ? "peer.granted" : "peer.asked")}</span>
      )}
      <Can action="grant.request">
        <Button
          size="compact-sm"
          variant="default"
          aria-label={t("grant.request_of", { name: one.name })}
          onClick={() => setAsking(true)}
        >
          {t("grant.request")}
        </Button>
      </Can>
      {asking && <GrantForm side="asked" peer={peer} dataset={one.name} onClose={() => setAsking(false)} />}
    </Group>
  );
}
