/** One thing that waits: who will learn what, what of ours is in it, who asks, and the decision. */
import { useGet } from "../../api/hooks";
import type { InboxItem } from "../../api/types";
import type { PageProps } from "../../core/nav";
import { useW } from "../../core/texts";
import { Async } from "../../ui/Async";
import { Badge, Level } from "../../ui/Badge";
import { Page } from "../../ui/Page";
import { Decide } from "./Decide";
import styles from "./Item.module.css";
import { ItemState, Reminder } from "./Need";
import { AgreementSubject } from "./subjects/AgreementSubject";
import { GrantSubject } from "./subjects/GrantSubject";
import { JobSubject } from "./subjects/JobSubject";
import { LabelSubject } from "./subjects/LabelSubject";
import { ModelSubject } from "./subjects/ModelSubject";
import { PeerSubject } from "./subjects/PeerSubject";
import { PlainSubject } from "./subjects/PlainSubject";
import { PolicySubject } from "./subjects/PolicySubject";
import { ReleaseSubject } from "./subjects/ReleaseSubject";
import { StandingSubject } from "./subjects/StandingSubject";
import { approvals } from "./texts";

export default function ItemPage({ params }: PageProps) {
  const t = approvals.useT();
  const w = useW();
  const query = useGet("/inbox/{item_id}", { path: { item_id: params.id ?? "" } });
  const item = query.data;
  return (
    <Page
      title={item === undefined ? t("item") : w(item.title)}
      crumbs={[[t("title"), "/approvals"]]}
      badges={item !== undefined && <Badges item={item} />}
    >
      <Async query={query} height={480}>
        {(found) => (
          <div className={styles.columns}>
            <div className={styles.subject}>
              <Subject item={found} />
            </div>
            <aside className={styles.aside} aria-label={t("decision")}>
              <Decide item={found} />
            </aside>
          </div>
        )}
      </Async>
    </Page>
  );
}

function Badges({ item }: { item: InboxItem }) {
  const w = useW();
  return (
    <>
      <Badge tone="info">{w(item.kind_title)}</Badge>
      <ItemState item={item} />
      <Level level={item.level} />
      <Reminder item={item} />
    </>
  );
}

function Subject({ item }: { item: InboxItem }) {
  switch (item.kind) {
    case "job":
      return <JobSubject item={item} />;
    case "agreement":
      return <AgreementSubject item={item} />;
    case "grant":
      return <GrantSubject item={item} />;
    case "flow":
      return <StandingSubject item={item} />;
    case "result":
      return <ReleaseSubject item={item} />;
    case "downgrade":
      return <LabelSubject item={item} />;
    case "policy":
      return <PolicySubject item={item} />;
    case "peer":
      return <PeerSubject item={item} />;
    case "model":
      return <ModelSubject item={item} />;
    default:
      return <PlainSubject item={item} />;
  }
}
