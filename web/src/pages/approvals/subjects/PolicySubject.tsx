/** A policy that is to come into force. */
import { Actor } from "../../../actors/Actor";
import { useGet } from "../../../api/hooks";
import type { InboxItem } from "../../../api/types";
import { to } from "../../../core/nav";
import { useMe } from "../../../core/session";
import { Async } from "../../../ui/Async";
import { KeyValue } from "../../../ui/KeyValue";
import { Link } from "../../../ui/Link";
import { Section } from "../../../ui/Section";
import styles from "../Item.module.css";
import { approvals } from "../texts";
import { PlainSubject } from "./PlainSubject";

export function PolicySubject({ item }: { item: InboxItem }) {
  const t = approvals.useT();
  const me = useMe();
  const [dataset = "", version = "0"] = item.subject.split(" ");
  const may = me.can("policy.read");
  const query = useGet(
    "/policies/{dataset}/versions/{version}",
    { path: { dataset, version: Number(version) } },
    { enabled: may },
  );
  if (!may) return <PlainSubject item={item} />;
  return (
    <Section title={t("policy.title", { dataset })} lead={t("policy.lead")}>
      <KeyValue
        items={[
          [
            t("dataset"),
            <Link key="dataset" href={to.dataset(dataset, "policy")}>
              {dataset}
            </Link>,
          ],
          [t("policy.version"), version],
          [t("by"), <Actor key="by" of={item.requested_by} />],
        ]}
      />
      <Async query={query} height={200}>
        {(found) => (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
          <section className={styles.json} tabIndex={0} aria-label={t("policy.document")}>
            <pre>{JSON.stringify(found.policy, null, 2)}</pre>
          </section>
        )}
      </Async>
    </Section>
  );
}
