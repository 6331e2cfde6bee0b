/** The partners' nodes and whether they answer. */
import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { act, useGet } from "../../api/hooks";
import type { Peer, Ping } from "../../api/types";
import { IconRefresh } from "../../core/icons";
import { to } from "../../core/nav";
import { useProblemText } from "../../core/problems";
import { useMe } from "../../core/session";
import { Async, Empty } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { Time } from "../../ui/Diagnostic";
import { Link } from "../../ui/Link";
import { Party } from "../../ui/Party";
import { Section } from "../../ui/Section";
import styles from "./home.module.css";
import { home } from "./texts";

const SHOWN = 8;
const SKEW_S = 5;

/** `asked`: the first steps ask for a partner already. */
export function Partners({ asked }: { asked: boolean }) {
  const t = home.useT();
  const me = useMe();
  const query = useGet("/peers");
  if (asked && query.data?.items.some(isActive) === false) return null;
  const invite = me.can("invitation.create") ? (
    <Button component={Link} href="/operations?tab=invitations" variant="default" size="compact-sm">
      {t("partners.invite")}
    </Button>
  ) : undefined;
  return (
    <Section title={t("partners")} flush>
      <Async
        query={query}
        height={120}
        empty={({ items }) => !items.some(isActive)}
        emptyView={<Empty title={t("partners.none")} text={t("partners.none.text")} action={invite} />}
      >
        {({ items }) => <List peers={items.filter(isActive)} />}
      </Async>
    </Section>
  );
}

const isActive = (peer: Peer): boolean => peer.state === "APPROVED";

function List({ peers }: { peers: Peer[] }) {
  return (
    <ul className={styles.rows}>
      {peers.slice(0, SHOWN).map((peer) => (
        <Partner key={peer.name} peer={peer} />
      ))}
    </ul>
  );
}

function Partner({ peer }: { peer: Peer }) {
  const t = home.useT();
  const me = useMe();
  return (
    <li className={styles.row}>
      <div className={styles.words}>
        {me.can("peer.explore") ? (
          <Link href={to.peerData(peer.name)} className={styles.name}>
            <Party name={peer.name} size="sm" />
          </Link>
        ) : (
          <Party name={peer.name} size="sm" />
        )}
        <p className={styles.small}>
          {peer.institution}
          {peer.last_seen_at !== null && (
            <>
              {" · "}
              {t("seen")} <Time at={peer.last_seen_at} how="ago" />
            </>
          )}
        </p>
      </div>
      {me.can("peer.ping") && <Health name={peer.name} />}
    </li>
  );
}

/** Asks the partner for a sign of life when the page opens, and again on demand. */
function Health({ name }: { name: string }) {
  const t = home.useT();
  const query = useQuery<Ping>({
    queryKey: ["sign of life", name],
    queryFn: () => act("post", "/peers/{name}/ping", { path: { name } }),
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  });
  return (
    <div className={styles.health}>
      {query.data === undefined ? (
        <Badge tone={query.isError ? "idle" : "busy"}>{query.isError ? t("ping.unknown") : t("ping.asking")}</Badge>
      ) : (
        <Answer ping={query.data} />
      )}
      <Tooltip label={t("ping.again")}>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t("ping.again_of", { name })}
          loading={query.isFetching}
          onClick={() => void query.refetch()}
        >
          <IconRefresh size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

function Answer({ ping }: { ping: Ping }) {
  const t = home.useT();
  const text = useProblemText();
  if (!ping.reachable) {
    const words = ping.error === null ? undefined : text(ping.error);
    return (
      <Tooltip label={[words?.title, words?.hint].filter(Boolean).join(" ")} multiline maw={320} disabled={!words}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reason has to be readable by keyboard */}
        <span tabIndex={0} className={styles.reason}>
          <Badge tone="bad">{t("ping.away")}</Badge>
        </span>
      </Tooltip>
    );
  }
  if (Math.abs(ping.clock_skew_s ?? 0) > SKEW_S) {
    return <Badge tone="warn">{t("ping.skew", { seconds: Math.round(ping.clock_skew_s ?? 0) })}</Badge>;
  }
  return <Badge tone="ok">{t("ping.ok", { ms: Math.round(ping.rtt_ms ?? 0) })}</Badge>;
}
