/** Partners: pinned keys, addresses, whether they answer, and how it ends. */
import { Button, Group, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { act, useAct, usePages } from "../../api/hooks";
import type { Peer, Ping } from "../../api/types";
import { useFormat } from "../../core/format";
import { useMe } from "../../core/session";
import { core } from "../../core/texts";
import { Async, Empty } from "../../ui/Async";
import { Badge, StateBadge } from "../../ui/Badge";
import { Confirm } from "../../ui/Confirm";
import { Diagnostic, Time } from "../../ui/Diagnostic";
import { Dialog } from "../../ui/Dialog";
import { Party } from "../../ui/Party";
import { Section } from "../../ui/Section";
import { Fingerprint } from "./Fingerprint";
import { Connect } from "./Invite";
import styles from "./Operations.module.css";
import { operations } from "./texts";

export function Peers() {
  const t = operations.useT();
  const { query } = usePages("/peers", { query: { limit: 500 } });
  return (
    <Section title={t("peers")} lead={t("peers.lead")} actions={<Connect />} flush>
      <Async query={query} emptyView={<Empty title={t("peers.empty")} text={t("peers.empty_text")} />}>
        {(peers) => (
          <ul className={styles.peers}>
            {peers.map((peer) => (
              <PeerRow key={`${peer.name} ${peer.contract_id}`} peer={peer} />
            ))}
          </ul>
        )}
      </Async>
    </Section>
  );
}

const active = (peer: Peer): boolean => peer.state === "APPROVED";

/** Asks the peer when the page opens, and again by the button. */
export function usePing(peer: Peer) {
  const me = useMe();
  return useQuery<Ping>({
    queryKey: ["ping", peer.name],
    queryFn: () => act("post", "/peers/{name}/ping", { path: { name: peer.name } }),
    enabled: active(peer) && me.can("peer.ping"),
    staleTime: 30_000,
    refetchOnWindowFocus: false,
  });
}

function PeerRow({ peer }: { peer: Peer }) {
  const t = operations.useT();
  const me = useMe();
  const ping = usePing(peer);
  const [dialog, setDialog] = useState<"move" | "end">();
  const end = useAct("delete", "/peers/{name}", { invalidates: ["/peers", "/node"], success: t("peer.ended") });
  return (
    <li className={styles.peer}>
      <div className={styles.who}>
        <h3>
          <Party name={peer.name} /> <StateBadge state={peer.state} />
        </h3>
        <p data-raw>{peer.institution}</p>
        <p>
          <code>{peer.address}</code>
        </p>
        <p>
          {t("fingerprint")} <Fingerprint of={peer.fingerprint} />
        </p>
      </div>
      <div className={styles.health}>
        <Health peer={peer} ping={ping.data} busy={ping.isFetching} fault={ping.error} />
        <p className={styles.soft}>
          {t("last_seen")} <Time at={peer.last_seen_at} how="ago" /> · {t("version.of", { version: peer.version })}
        </p>
        <p className={styles.soft}>
          {t("since")} <Time at={peer.added_at} how="date" />
        </p>
      </div>
      {active(peer) && (
        <div className={styles.acts}>
          {me.can("peer.ping") && (
            <Button variant="default" size="compact-sm" loading={ping.isFetching} onClick={() => void ping.refetch()}>
              {t("ping")}
            </Button>
          )}
          {me.can("peer.change") && (
            <Button variant="default" size="compact-sm" onClick={() => setDialog("move")}>
              {t("move")}
            </Button>
          )}
          {me.can("peer.remove") && (
            <Button variant="default" size="compact-sm" onClick={() => setDialog("end")}>
              {t("end")}
            </Button>
          )}
        </div>
      )}
      <Move peer={peer} opened={dialog === "move"} onClose={() => setDialog(undefined)} />
      <Confirm
        opened={dialog === "end"}
        onClose={() => setDialog(undefined)}
        title={t("end.title", { name: peer.name })}
        text={t("end.text")}
        label={t("end")}
        danger
        typeToConfirm={peer.name}
        onConfirm={() => end.mutateAsync({ path: { name: peer.name } })}
      />
    </li>
  );
}

interface HealthProps {
  peer: Peer;
  ping?: Ping;
  busy: boolean;
  fault: unknown;
}

const MOST_SKEW_S = 5;

function Health({ peer, ping, busy, fault }: HealthProps) {
  const t = operations.useT();
  const format = useFormat();
  if (!active(peer)) return null;
  if (fault) return <Diagnostic problem={fault} compact />;
  if (ping === undefined) return busy ? <Badge tone="busy">{t("health.asking")}</Badge> : null;
  if (!ping.reachable) {
    return (
      <>
        <Badge tone="bad">{t("health.away")}</Badge>
        {ping.error !== null && <Diagnostic problem={ping.error} compact />}
      </>
    );
  }
  const skew = Math.abs(ping.clock_skew_s ?? 0);
  return (
    <>
      <Badge tone="ok">{t("health.answers", { time: format.seconds((ping.rtt_ms ?? 0) / 1000) })}</Badge>
      {skew > MOST_SKEW_S && <Badge tone="warn">{t("health.skew", { time: format.seconds(skew) })}</Badge>}
    </>
  );
}

function Move({ peer, opened, onClose }: { peer: Peer; opened: boolean; onClose: () => void }) {
  const t = operations.useT();
  const shared = core.useT();
  const [address, setAddress] = useState(peer.address);
  const move = useAct("patch", "/peers/{name}", { invalidates: ["/peers"], success: t("moved") });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    move.mutate({ path: { name: peer.name }, body: { address: address.trim() } }, { onSuccess: onClose });
  };
  return (
    <Dialog opened={opened} onClose={onClose} title={t("move.title", { name: peer.name })}>
      <form className={styles.form} onSubmit={submit}>
        <p className={styles.soft}>{t("move.text")}</p>
        <TextInput
          label={t("address")}
          description={t("address.help")}
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
          spellCheck={false}
          required
        />
        {move.error !== null && <Diagnostic problem={move.error} compact />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {shared("cancel")}
          </Button>
          <Button type="submit" loading={move.isPending} disabled={address.trim() === peer.address}>
            {t("move.do")}
          </Button>
        </Group>
      </form>
    </Dialog>
  );
}
