/** One agreement: its text, how it came about, and what is done under it. */
import { useGet } from "../../api/hooks";
import type { Agreement } from "../../api/types";
import type { PageProps } from "../../core/nav";
import { Async } from "../../ui/Async";
import { Page } from "../../ui/Page";
import { type PageTab, PageTabs } from "../../ui/PageTabs";
import { PartyOrder } from "../../ui/Party";
import { AgreementTab } from "./AgreementTab";
import { Decide } from "./Decide";
import { FlowsTab } from "./FlowsTab";
import { JobsTab } from "./JobsTab";
import { AgreementState } from "./list";
import { NegotiationTab } from "./NegotiationTab";
import { projects } from "./texts";
import { UsageTab } from "./UsageTab";

const OPEN_MS = 4_000;

export default function Project({ params }: PageProps) {
  const t = projects.useT();
  const id = params.id ?? "";
  const asked = { path: { agreement: id } };
  const first = useGet("/agreements/{agreement}", asked);
  // no news come of agreements, so one that is negotiated is looked at again
  const isOpen = first.data?.state === "PROPOSED";
  const found = useGet("/agreements/{agreement}", asked, { refetchInterval: isOpen ? OPEN_MS : false });
  const agreement = found.data;
  return (
    <Page
      title={agreement?.name ?? t("tab.agreement")}
      crumbs={[[t("title"), "/projects"]]}
      badges={agreement && <AgreementState agreement={agreement} />}
      actions={agreement && <Decide agreement={agreement} />}
    >
      <Async query={found} height={320}>
        {(known) => (
          <PartyOrder names={known.members}>
            <Parts agreement={known} />
          </PartyOrder>
        )}
      </Async>
    </Page>
  );
}

function Parts({ agreement }: { agreement: Agreement }) {
  const t = projects.useT();
  const tabs: PageTab[] = [
    { name: "agreement", title: t("tab.agreement"), content: () => <AgreementTab agreement={agreement} /> },
    { name: "negotiation", title: t("tab.negotiation"), content: () => <NegotiationTab agreement={agreement} /> },
    { name: "flows", title: t("tab.flows"), content: () => <FlowsTab agreement={agreement} />, needs: "flow.read" },
    { name: "jobs", title: t("tab.jobs"), content: () => <JobsTab agreement={agreement} />, needs: "job.read" },
    { name: "usage", title: t("tab.usage"), content: () => <UsageTab agreement={agreement} />, needs: "metering.read" },
  ];
  return <PageTabs tabs={tabs} label={agreement.name} />;
}
