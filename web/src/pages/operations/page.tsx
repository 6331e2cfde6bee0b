/** The node and its partners: whether everything works, and how partners come and go. */
import { Page } from "../../ui/Page";
import { type PageTab, PageTabs } from "../../ui/PageTabs";
import { BackupTab } from "./BackupTab";
import { ConfigurationTab } from "./ConfigurationTab";
import { DoctorTab } from "./DoctorTab";
import { InvitationsTab } from "./InvitationsTab";
import { NodesTab } from "./NodesTab";
import { operations } from "./texts";
import { VaultTab } from "./VaultTab";

export default function Operations() {
  const t = operations.useT();
  const tabs: PageTab[] = [
    { name: "nodes", title: t("tab.nodes"), content: () => <NodesTab /> },
    { name: "invitations", title: t("tab.invitations"), content: () => <InvitationsTab />, needs: "invitation.read" },
    { name: "doctor", title: t("tab.doctor"), content: () => <DoctorTab />, needs: "node.diagnose" },
    {
      name: "configuration",
      title: t("tab.configuration"),
      content: () => <ConfigurationTab />,
      needs: "node.diagnose",
    },
    { name: "vault", title: t("tab.vault"), content: () => <VaultTab />, needs: "vault.rotate" },
    { name: "backup", title: t("tab.backup"), content: () => <BackupTab />, needs: "backup.read" },
  ];
  return (
    <Page title={t("title")} lead={t("lead")}>
      <PageTabs tabs={tabs} label={t("title")} />
    </Page>
  );
}
