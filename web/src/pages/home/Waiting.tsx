/** What this person can decide. */
import { Button } from "@mantine/core";
import { useGet } from "../../api/hooks";
import type { InboxItem } from "../../api/types";
import { useFormat } from "../../core/format";
import { to } from "../../core/nav";
import { useW } from "../../core/texts";
import { Async, Empty } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { Time } from "../../ui/Diagnostic";
import { Link } from "../../ui/Link";
import { Section } from "../../ui/Section";
import styles from "./home.module.css";
import { type Bundle, bundled, peerOf } from "./requests";
import { home } from "./texts";

const SHOWN = 6;

export function Waiting() {
  const t = home.useT();
  const query = useGet("/inbox", { query: { state: "open", mine: true, limit: 100 } });
  const counts = useGet("/inbox/counts").data;
  const all = (
    <Button component={Link} href="/approvals" variant="subtle" size="compact-sm">
      {t("waiting.all")}
    </Button>
  );
  const others = counts === undefined ? 0 : counts.open - counts.mine;
  return (
    <Section title={t("waiting")} actions={all} flush>
      <Async
        query={query}
        height={180}
        empty={({ items }) => items.every((item) => item.state !== "open")}
        emptyView={
          <Empty title={t("waiting.none")} text={others > 0 ? t("waiting.others", { count: others }) : undefined} />
        }
      >
        {({ items }) => <Items items={items.filter((item) => item.state === "open")} />}
      </Async>
    </Section>
  );
}

function Items({ items }: { items: InboxItem[] }) {
  return (
    <ul className={styles.rows}>
      {bundled(items)
        .slice(0, SHOWN)
        .map((one) => ("items" in one ? <Requests key={one.peer} bundle={one} /> : <Item key={one.id} item={one} />))}
    </ul>
  );
}

function Requests({ bundle }: { bundle: Bundle }) {
  const t = home.useT();
  const { peer, items } = bundle;
  return (
    <li className={styles.row}>
      <div className={styles.words}>
        <Link href="/data/requests" className={styles.name}>
          {t("waiting.grants", { count: items.length, peer })}
        </Link>
        <p className={styles.detail}>{t("waiting.grants.hint")}</p>
        <p className={styles.small}>
          <Time at={items.at(-1)?.created_at} how="ago" />
        </p>
      </div>
    </li>
  );
}

function Item({ item }: { item: InboxItem }) {
  const t = home.useT();
  const w = useW();
  const format = useFormat();
  return (
    <li className={styles.row}>
      <div className={styles.words}>
        <Link href={to.item(item.id)} className={styles.name}>
          {w(item.title)}
        </Link>
        <p className={styles.detail} data-raw>
          {w(item.summary)}
        </p>
        <p className={styles.small}>
          {w(item.kind_title)} ·{" "}
          {t("from", { name: peerOf(item) ?? (item.requested_by === "local" ? t("local") : item.requested_by) })} ·{" "}
          <Time at={item.created_at} how="ago" />
        </p>
      </div>
      {item.reminder !== null && (
        <Badge tone="warn">
          {item.reminder === "due" && item.due_at !== null
            ? t("due", { when: format.ago(item.due_at) })
            : t("waits_long")}
        </Badge>
      )}
    </li>
  );
}
