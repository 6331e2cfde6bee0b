/** One's own account, and for administrators everybody else's. */
import { Tabs } from "@mantine/core";
import type { ComponentType } from "react";
import { useQueryPart } from "../../core/location";
import { useMe } from "../../core/session";
import { Page } from "../../ui/Page";
import { ClientsTab } from "./ClientsTab";
import { MeTab } from "./MeTab";
import { RolesTab } from "./RolesTab";
import styles from "./Settings.module.css";
import { SignInTab } from "./SignInTab";
import { settings } from "./texts";
import { UsersTab } from "./UsersTab";

const TABS = ["me", "users", "clients", "roles", "sign_in"] as const;
type Tab = (typeof TABS)[number];
const NEEDS: Partial<Record<Tab, string>> = { users: "user.read", clients: "client.read" };
const CONTENT: Record<Tab, ComponentType> = {
  me: MeTab,
  users: UsersTab,
  clients: ClientsTab,
  roles: RolesTab,
  sign_in: SignInTab,
};

export default function Settings() {
  const t = settings.useT();
  const me = useMe();
  const [query, change] = useQueryPart();
  const there = TABS.filter((tab) => NEEDS[tab] === undefined || me.can(NEEDS[tab]));
  const tab = there.find((each) => each === query.get("tab")) ?? "me";
  const Content = CONTENT[tab];
  return (
    <Page title={t("title")}>
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
