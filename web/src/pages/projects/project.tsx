/** One agreement: its text, how it came about, and what is done under it. */
import { Tabs } from "@mantine/core";
import type { ReactNode } from "react";
import { useGet } from "../../api/hooks";
import type { Agreement } from "../../api/types";
import { useQueryPart } from "../../core/location";
import type { PageProps } from "../../core/nav";
import { useMe } from "../../core/session";
import { Async } from "../../ui/Async";
import { Page } from "../../ui/Page";
import { PartyOrder } from "../../ui/Party";
import { AgreementTab } from "./AgreementTab";
import { Decide } from "./Decide";
import { FlowsTab } from "./FlowsTab";
import { JobsTab } from "./JobsTab";
import { AgreementState } from "./list";
import { NegotiationTab } from "./NegotiationTab";
import styles from "./projects.module.css";
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

const TABS = ["agreement", "negotiation", "flows", "jobs", "usage"] as const;
type Tab = (typeof TABS)[number];

function Parts({ agreement }: { agreement: Agreement }) {
  const t = projects.useT();
  const me = useMe();
  const [query, change] = useQueryPart();
  const rights: Record<Tab, string> = {
    agreement: "agreement.read",
    negotiation: "agreement.read",
    flows: "flow.read",
    jobs: "job.read",
    usage: "metering.read",
  };
  const shown = TABS.filter((name) => me.can(rights[name]));
  const tab = shown.find((name) => name === query.get("tab")) ?? "agreement";
  const panels: Record<Tab, ReactNode> = {
    agreement: <AgreementTab agreement={agreement} />,
    negotiation: <NegotiationTab agreement={agreement} />,
    flows: <FlowsTab agreement={agreement} />,
    jobs: <JobsTab agreement={agreement} />,
    usage: <UsageTab agreement={agreement} />,
  };
  return (
    <Tabs
      value={tab}
      onChange={(name) => change({ tab: name === "agreement" ? undefined : (name ?? undefined) })}
      keepMounted={false}
    >
      <Tabs.List>
        {shown.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {t(`tab.${name}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {shown.map((name) => (
        <Tabs.Panel key={name} value={name} className={styles.panel}>
          {panels[name]}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
