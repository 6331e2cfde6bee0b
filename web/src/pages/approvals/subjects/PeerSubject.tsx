/** A stranger that wants to become a peer. */
import { useGet } from "../../../api/hooks";
import type { InboxItem } from "../../../api/types";
import { useMe } from "../../../core/session";
import { visible } from "../../../core/visible";
import { Async } from "../../../ui/Async";
import { Time } from "../../../ui/Diagnostic";
import { KeyValue } from "../../../ui/KeyValue";
import { Section } from "../../../ui/Section";
import styles from "../Item.module.css";
import { approvals } from "../texts";

export function PeerSubject({ item }: { item: InboxItem }) {
  const t = approvals.useT();
  const me = useMe();
  const query = useGet(
    "/applications/{application}",
    { path: { application: item.subject } },
    { enabled: me.can("portal.read") },
  );
  return (
    <Async query={query} height={240}>
      {(found) => (
        <>
          <Section title={t("peer.title")} lead={t("peer.lead")}>
            <KeyValue
              items={[
                [t("peer.name"), <strong key="name">{found.node}</strong>],
                [t("peer.institution"), <span key="institution">{visible(found.institution ?? "")}</span>],
                [t("peer.address"), <code key="address">{found.address}</code>],
                [t("submitted"), <Time key="created" at={found.created_at} />],
              ]}
            />
          </Section>
          <Section title={t("peer.message")}>
            <blockquote className={styles.quote} data-raw>
              {visible(found.message)}
            </blockquote>
          </Section>
          <Section title={t("peer.check")}>
            <ol className={styles.uses}>
              <li>{t("peer.step.call")}</li>
              <li>{t("peer.step.ask")}</li>
              <li>{t("peer.step.type")}</li>
            </ol>
          </Section>
        </>
      )}
    </Async>
  );
}
