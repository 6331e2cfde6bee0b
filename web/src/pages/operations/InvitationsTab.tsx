/** Invitations that this node made. Accepted ones became peers. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useAct, usePages } from "../../api/hooks";
import type { Invitation } from "../../api/types";
import { useMe } from "../../core/session";
import { Async, Empty } from "../../ui/Async";
import { Badge, type Tone } from "../../ui/Badge";
import { Confirm } from "../../ui/Confirm";
import { type Col, DataTable } from "../../ui/DataTable";
import { Time } from "../../ui/Diagnostic";
import { Party } from "../../ui/Party";
import { Section } from "../../ui/Section";
import { Fingerprint } from "./Fingerprint";
import { Connect } from "./Invite";
import { operations } from "./texts";

const STATES = ["open", "used", "expired", "revoked"] as const;
type State = (typeof STATES)[number];
const TONES: Record<State, Tone> = { open: "info", used: "ok", expired: "idle", revoked: "idle" };

export function InvitationsTab() {
  const t = operations.useT();
  const { query, more } = usePages("/invitations");
  const [revoking, setRevoking] = useState<Invitation>();
  const revoke = useAct("delete", "/invitations/{invitation}", {
    invalidates: ["/invitations"],
    success: t("invitation.revoked"),
  });
  const columns = useColumns(setRevoking);
  return (
    <Section title={t("invitations")} lead={t("invitations.lead")} flush actions={<Connect />}>
      <Async query={query} emptyView={<Empty title={t("invitations.empty")} text={t("invitations.empty_text")} />}>
        {(rows) => (
          <DataTable
            caption={t("invitations")}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            onMore={more}
            sort="-expires"
          />
        )}
      </Async>
      <Confirm
        opened={revoking !== undefined}
        onClose={() => setRevoking(undefined)}
        title={t("invitation.revoke")}
        text={t("invitation.revoke_text")}
        label={t("invitation.revoke")}
        danger
        onConfirm={() => revoke.mutateAsync({ path: { invitation: revoking?.id ?? "" } })}
      />
    </Section>
  );
}

function useColumns(onRevoke: (invitation: Invitation) => void): Col<Invitation>[] {
  const t = operations.useT();
  const me = useMe();
  const peers = usePages("/peers", { query: { limit: 500 } }).items;
  const state = (row: Invitation): State => STATES.find((each) => each === row.state) ?? "expired";
  const whose = (fingerprint: string) => {
    const known = peers.find((peer) => peer.fingerprint === fingerprint);
    return known === undefined ? <Fingerprint of={fingerprint} /> : <Party name={known.name} size="sm" />;
  };
  return [
    {
      key: "id",
      title: t("invitation.id"),
      sort: (row) => row.id,
      cell: (row) => <code title={row.id}>{row.id.slice(0, 12)}…</code>,
    },
    {
      key: "state",
      title: t("state"),
      sort: (row) => row.state,
      cell: (row) => <Badge tone={TONES[state(row)]}>{t(`invitation.${state(row)}`)}</Badge>,
    },
    { key: "by", title: t("invitation.used_by"), cell: (row) => (row.used_by === null ? null : whose(row.used_by)) },
    {
      key: "expires",
      tight: true,
      title: t("invitation.expires"),
      sort: (row) => row.expires_at,
      cell: (row) => <Time at={row.expires_at} />,
    },
    {
      key: "revoke",
      title: t("actions"),
      hiddenTitle: true,
      align: "right",
      cell: (row) =>
        row.state === "open" && me.can("invitation.revoke") ? (
          <Button size="compact-sm" variant="default" onClick={() => onRevoke(row)}>
            {t("invitation.revoke")}
          </Button>
        ) : null,
    },
  ];
}
