/** One's own account, and for administrators everybody else's. */
import { Page } from "../../ui/Page";
import { type PageTab, PageTabs } from "../../ui/PageTabs";
import { ClientsTab } from "./ClientsTab";
import { MeTab } from "./MeTab";
import { RolesTab } from "./RolesTab";
import { SignInTab } from "./SignInTab";
import { settings } from "./texts";
import { UsersTab } from "./UsersTab";

export default function Settings() {
  const t = settings.useT();
  const tabs: PageTab[] = [
    { name: "me", title: t("tab.me"), content: () => <MeTab /> },
    { name: "users", title: t("tab.users"), content: () => <UsersTab />, needs: "user.read" },
    { name: "clients", title: t("tab.clients"), content: () => <ClientsTab />, needs: "client.read" },
    { name: "roles", title: t("tab.roles"), content: () => <RolesTab /> },
    { name: "sign_in", title: t("tab.sign_in"), content: () => <SignInTab /> },
  ];
  return (
    <Page title={t("title")}>
      <PageTabs tabs={tabs} label={t("title")} />
    </Page>
  );
}
