/** A column whose level somebody wants to lower. */
import { Actor } from "../../../actors/Actor";
import { useGet } from "../../../api/hooks";
import type { InboxItem } from "../../../api/types";
import { to } from "../../../core/nav";
import { useMe } from "../../../core/session";
import { useW } from "../../../core/texts";
import { Level } from "../../../ui/Badge";
import { KeyValue } from "../../../ui/KeyValue";
import { Link } from "../../../ui/Link";
import { Section } from "../../../ui/Section";
import styles from "../Item.module.css";
import { approvals } from "../texts";

export function LabelSubject({ item }: { item: InboxItem }) {
  const t = approvals.useT();
  const w = useW();
  const me = useMe();
  const [dataset = "", ...rest] = item.subject.split(" ");
  const column = rest.join(" ");
  const labels = useGet("/datasets/{name}/labels", { path: { name: dataset } }, { enabled: me.can("label.read") }).data;
  const label = labels?.items.find((each) => each.column === column);
  return (
    <Section title={t("label.title")} lead={t("label.lead")}>
      <blockquote className={styles.quote}>{w(item.summary)}</blockquote>
      <KeyValue
        items={[
          [
            t("dataset"),
            <Link key="dataset" href={to.dataset(dataset)}>
              {dataset}
            </Link>,
          ],
          [t("column"), <code key="column">{column}</code>],
          [t("label.now"), <Level key="now" level={label?.level ?? item.level} />],
          label?.pending && [t("label.then"), <Level key="then" level={label.pending.level} />],
          [t("by"), <Actor key="by" of={item.requested_by} />],
        ]}
      />
    </Section>
  );
}
