/** Partners, and the way to what each of them publishes. */
import { Button } from "@mantine/core";
import { useGet } from "../../../api/hooks";
import type { Peer } from "../../../api/types";
import { to } from "../../../core/nav";
import { Async, Empty } from "../../../ui/Async";
import { Time } from "../../../ui/Diagnostic";
import { Link } from "../../../ui/Link";
import { Party } from "../../../ui/Party";
import { data } from "../texts";
import styles from "./catalogue.module.css";

export function PartnersData() {
  const t = data.useT();
  const query = useGet("/peers", { query: { limit: 500 } });
  const isActive = (peer: Peer): boolean => peer.state === "APPROVED";
  return (
    <Async
      query={query}
      empty={({ items }) => !items.some(isActive)}
      emptyView={<Empty title={t("partners.none")} text={t("partners.none.text")} />}
    >
      {({ items }) => (
        <ul className={styles.cards}>
          {items.filter(isActive).map((peer) => (
            <PartnerCard key={peer.name} peer={peer} />
          ))}
        </ul>
      )}
    </Async>
  );
}

function PartnerCard({ peer }: { peer: Peer }) {
  const t = data.useT();
  return (
    <li className={styles.card}>
      <Party name={peer.name} />
      <p className={styles.small}>
        {peer.institution}
        {peer.last_seen_at !== null && (
          <>
            {" · "}
            {t("seen")} <Time at={peer.last_seen_at} how="ago" />
          </>
        )}
      </p>
      <Button
        component={Link}
        href={to.peerData(peer.name)}
        variant="default"
        size="compact-md"
        aria-label={t("partners.open_of", { name: peer.name })}
      >
        {t("partners.open")}
      </Button>
    </li>
  );
}
