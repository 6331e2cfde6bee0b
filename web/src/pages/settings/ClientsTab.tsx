/** Programs of this organisation that use the node with a key of their own. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { usePages } from "../../api/hooks";
import type { ApiClient, ClientKey } from "../../api/types";
import { useFormat } from "../../core/format";
import { Can } from "../../core/permissions";
import { Async, Empty } from "../../ui/Async";
import { Badge, type Tone } from "../../ui/Badge";
import { type Col, DataTable } from "../../ui/DataTable";
import { Time } from "../../ui/Diagnostic";
import { Section } from "../../ui/Section";
import { AddClient } from "./ClientForm";
import { KeyOnce } from "./KeyOnce";
import { settings } from "./texts";

export const clientPlace = (name: string): string => `/settings/clients/${encodeURIComponent(name)}`;
const TONES: Record<ApiClient["state"], Tone> = { active: "ok", expired: "warn", revoked: "idle" };

export function ClientState({ client }: { client: ApiClient }) {
  const t = settings.useT();
  return <Badge tone={TONES[client.state]}>{t(`client.${client.state}`)}</Badge>;
}

export function ClientsTab() {
  const t = settings.useT();
  const { query, more } = usePages("/clients");
  const columns = useColumns();
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<ClientKey>();
  return (
    <Section
      title={t("clients")}
      lead={t("clients.lead")}
      actions={
        <Can action="client.add">
          <Button onClick={() => setAdding(true)}>{t("client.add")}</Button>
        </Can>
      }
    >
      <Async query={query} emptyView={<Empty title={t("clients.empty")} text={t("clients.empty_text")} />}>
        {(rows) => (
          <DataTable
            caption={t("clients")}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.name}
            rowHref={(row) => clientPlace(row.name)}
            onMore={more}
            sort="name"
            filter
          />
        )}
      </Async>
      <AddClient opened={adding} onClose={() => setAdding(false)} onMade={setMade} />
      {made !== undefined && <KeyOnce client={made} onClose={() => setMade(undefined)} />}
    </Section>
  );
}

function useColumns(): Col<ApiClient>[] {
  const t = settings.useT();
  const format = useFormat();
  return [
    { key: "name", title: t("client.name"), sort: (row) => row.name, cell: (row) => row.name },
    { key: "note", title: t("client.note"), sort: (row) => row.note, cell: (row) => <span data-raw>{row.note}</span> },
    { key: "state", title: t("state"), sort: (row) => row.state, cell: (row) => <ClientState client={row} /> },
    {
      key: "scopes",
      title: t("client.scopes"),
      align: "right",
      sort: (row) => row.scopes.length,
      cell: (row) => format.number(row.scopes.length),
    },
    {
      key: "calls",
      title: t("client.calls"),
      align: "right",
      sort: (row) => row.calls_today,
      cell: (row) => `${format.number(row.calls_today)} / ${format.number(row.per_day)}`,
    },
    {
      key: "expires",
      title: t("client.expires"),
      sort: (row) => row.expires_at,
      cell: (row) => <Time at={row.expires_at} how="date" />,
    },
    {
      key: "used",
      title: t("client.used"),
      sort: (row) => row.used_at,
      cell: (row) => <Time at={row.used_at} how="ago" />,
    },
  ];
}
