/** The parts of a page as tabs. The chosen one stands in the address; the first one goes without saying. */
import { Tabs } from "@mantine/core";
import type { ReactNode } from "react";
import { useQueryPart } from "../core/location";
import { useMe } from "../core/session";
import styles from "./PageTabs.module.css";

export interface PageTab {
  name: string;
  title: string;
  content: () => ReactNode;
  /** The right to see it. */
  needs?: string;
}

export function PageTabs({ tabs, label }: { tabs: readonly PageTab[]; label: string }) {
  const me = useMe();
  const [query, change] = useQueryPart();
  const shown = tabs.filter(({ needs }) => needs === undefined || me.can(needs));
  const first = shown[0]?.name ?? "";
  const present = shown.find((tab) => tab.name === query.get("tab"))?.name ?? first;
  return (
    <Tabs
      value={present}
      onChange={(name) => change({ tab: name === null || name === first ? undefined : name })}
      keepMounted={false}
    >
      <Tabs.List aria-label={label}>
        {shown.map(({ name, title }) => (
          <Tabs.Tab key={name} value={name}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {shown.map(({ name, content }) => (
        <Tabs.Panel key={name} value={name} className={styles.panel}>
          {name === present && content()}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
