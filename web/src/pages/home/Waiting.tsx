/** What this person can decide. */
import { Button } from "@mantine/core";
import { useGet } from "../../api/hooks";
import type { InboxItem } from "../../api/types";
import { useFormat } from "../../core/format";
import { to } from "../../core/nav";
import { useMe } from "../../core/session";
import { useW } from "../../core/texts";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { Time } from "../../ui/Diagnostic";
import { Link } from "../../ui/Link";
import { Section } from "../../ui/Section";
import styles from "./home.module.css";
import { isQuiet } from "./quiet";
import { type Bundle, bundled, peerOf } from "./requests";
import { home } from "./texts";

const SHOWN = 6;

export function useWaiting() {
  const { can } = useMe();
  return useGet("/inbox", { query: { state: "open", mine: true, limit: 100 } }, { enabled: can("inbox.read") });
}

export const stillOpen = (items: readonly InboxItem[]): InboxItem[] => items.filter(({ state }) => state === "open");

/** Only there while something waits. */
export function Waiting() {
  const t = home.useT();
  const query = useWaiting();
  if (isQuiet(query, stillOpen)) return null;
  const all = (
    <Button component={Link} href="/approvals" variant="subtle" size="compact-sm">
      {t("waiting.all")}
    </Button>
  );
  return (
    <Section title={t("waiting")} actions={all} flush>
      <Async query={query} height={180}>
        {({ items }) => <Items items={stillOpen(items)} />}
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
