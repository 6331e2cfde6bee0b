/** The node and its partners: whether everything works, and how partners come and go. */
import { Tabs } from "@mantine/core";
import type { ComponentType } from "react";
import { useQueryPart } from "../../core/location";
import { useMe } from "../../core/session";
import { Page } from "../../ui/Page";
import { BackupTab } from "./BackupTab";
import { ConfigurationTab } from "./ConfigurationTab";
import { DoctorTab } from "./DoctorTab";
import { InvitationsTab } from "./InvitationsTab";
import { NodesTab } from "./NodesTab";
import styles from "./Operations.module.css";
import { operations } from "./texts";
import { VaultTab } from "./VaultTab";

const TABS = ["nodes", "invitations", "doctor", "configuration", "vault", "backup"] as const;
type Tab = (typeof TABS)[number];
const NEEDS: Partial<Record<Tab, string>> = {
  invitations: "invitation.read",
  doctor: "node.diagnose",
  configuration: "node.diagnose",
  vault: "vault.rotate",
  backup: "backup.read",
};
const CONTENT: Record<Tab, ComponentType> = {
  nodes: NodesTab,
  invitations: InvitationsTab,
  doctor: DoctorTab,
  configuration: ConfigurationTab,
  vault: VaultTab,
  backup: BackupTab,
};

export default function Operations() {
  const t = operations.useT();
  const me = useMe();
  const [query, change] = useQueryPart();
  const there = TABS.filter((tab) => NEEDS[tab] === undefined || me.can(NEEDS[tab]));
  const tab = there.find((each) => each === query.get("tab")) ?? "nodes";
  const Content = CONTENT[tab];
  return (
    <Page title={t("title")} lead={t("lead")}>
      <Tabs value={tab} onChange={(next) => change({ tab: next ?? undefined })} keepMounted={false}>
        <Tabs.List>
          {there.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t(`tab.${each}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {there.map((each) => (
          <Tabs.Panel key={each} value={each} className={styles.panel}>
            {each === tab && <Content />}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}
