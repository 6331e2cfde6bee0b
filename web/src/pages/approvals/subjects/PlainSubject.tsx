/** Whatever the item says of itself; also for those who may decide but not look closer. */
import type { InboxItem } from "../../../api/types";
import { useW } from "../../../core/texts";
import { KeyValue } from "../../../ui/KeyValue";
import { Section } from "../../../ui/Section";
import { approvals } from "../texts";
import { saidOf } from "../words";

export function PlainSubject({ item }: { item: InboxItem }) {
  const t = approvals.useT();
  const w = useW();
  return (
    <Section title={t("about")}>
      <KeyValue wide items={saidOf(w(item.summary)).map((line) => [line.head ?? t("about.text"), line.text])} />
    </Section>
  );
}
