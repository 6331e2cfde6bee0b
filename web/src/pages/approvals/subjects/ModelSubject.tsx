/** A version of a model that somebody wants to let out. */
import { Actor } from "../../../actors/Actor";
import { usePages } from "../../../api/hooks";
import type { InboxItem } from "../../../api/types";
import { to } from "../../../core/nav";
import { useMe } from "../../../core/session";
import { Time } from "../../../ui/Diagnostic";
import { KeyValue } from "../../../ui/KeyValue";
import { Link } from "../../../ui/Link";
import { Section } from "../../../ui/Section";
import { Integrity } from "../../models/marks";
import { approvals } from "../texts";
import { PlainSubject } from "./PlainSubject";

export function ModelSubject({ item }: { item: InboxItem }) {
  const t = approvals.useT();
  const me = useMe();
  const [name = "", version = ""] = item.subject.split(" ");
  const models = usePages("/models", { query: { limit: 500 } }, { enabled: me.can("model.read") }).items;
  const found = models.find((model) => model.name === name)?.versions.find((each) => each.version === version);
  if (found === undefined) return <PlainSubject item={item} />;
  return (
    <Section title={t("model.title")} lead={t("model.lead")}>
      <KeyValue
        items={[
          [
            t("model.name"),
            <Link key="model" href={`${to.model(name)}?version=${encodeURIComponent(version)}`}>
              {name}
            </Link>,
          ],
          [t("model.version"), <code key="version">{version}</code>],
          [t("model.integrity"), <Integrity key="integrity" of={found.integrity} />],
          [t("model.saved"), <Time key="saved" at={found.created_at} />],
          found.job_id !== null && [
            t("job"),
            <Link key="job" href={to.job(found.job_id)}>
              {t("job.open")}
            </Link>,
          ],
          [t("by"), <Actor key="by" of={item.requested_by} />],
        ]}
      />
    </Section>
  );
}
