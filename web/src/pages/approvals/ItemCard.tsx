/** One thing that waits, in the inbox: what it is, who will learn what, and whose turn it is. */
import { Actor } from "../../actors/Actor";
import type { InboxItem } from "../../api/types";
import { to } from "../../core/nav";
import { useW } from "../../core/texts";
import { Level } from "../../ui/Badge";
import { Time } from "../../ui/Diagnostic";
import { Link } from "../../ui/Link";
import styles from "./Inbox.module.css";
import { SIGNS } from "./kinds";
import { ItemState, Reminder, useNeed, useObstacle } from "./Need";
import { CardPrice } from "./subjects/CardPrice";
import { approvals } from "./texts";
import { saidOf } from "./words";

const MOST_LINES = 4;

export function ItemCard({ item }: { item: InboxItem }) {
  const t = approvals.useT();
  const w = useW();
  const Sign = SIGNS[item.kind];
  const lines = saidOf(w(item.summary));
  return (
    <li className={styles.card} data-mine={(item.state === "open" && item.obstacle === null) || undefined}>
      <span aria-hidden className={styles.sign}>
        <Sign size={20} stroke={1.75} />
      </span>
      <div className={styles.words}>
        <p className={styles.kind}>
          <span>{w(item.kind_title)}</span>
          <Level level={item.level} />
          <Reminder item={item} />
          {item.state !== "open" && <ItemState item={item} />}
        </p>
        <h2 className={styles.title}>
          <Link href={to.item(item.id)}>{w(item.title)}</Link>
        </h2>
        <ul className={styles.lines}>
          {lines.slice(0, MOST_LINES).map((line) => (
            <li key={`${line.head} ${line.text}`}>
              {line.head !== undefined && <strong>{line.head}</strong>} {line.text}
            </li>
          ))}
          <CardPrice item={item} />
          {lines.length > MOST_LINES && <li>{t("lines.more", { count: lines.length - MOST_LINES })}</li>}
        </ul>
        <Foot item={item} />
      </div>
    </li>
  );
}

function Foot({ item }: { item: InboxItem }) {
  const t = approvals.useT();
  const need = useNeed();
  const obstacle = useObstacle()(item);
  return (
    <p className={styles.foot}>
      <span>
        {t("asked_by")} <Actor of={item.requested_by} />
      </span>
      <span>
        <Time at={item.created_at} how="ago" />
      </span>
      {item.state === "open" ? (
        <>
          <span>{need(item)}</span>
          {item.due_at !== null && (
            <span>
              {t("expires")} <Time at={item.due_at} how="ago" />
            </span>
          )}
          {obstacle !== undefined && <span className={styles.obstacle}>{obstacle}</span>}
        </>
      ) : (
        <span>
          {t("ended")} <Time at={item.ended_at} />
        </span>
      )}
    </p>
  );
}
