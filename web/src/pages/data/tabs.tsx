/** The tabs of a page; the chosen one stands in the address. */
import { Tabs } from "@mantine/core";
import type { ReactNode } from "react";
import { useQueryPart } from "../../core/location";
import styles from "./tabs.module.css";

export interface Tab {
  name: string;
  title: string;
  content: () => ReactNode;
  count?: number;
}

export function PageTabs({ tabs, label }: { tabs: Tab[]; label: string }) {
  const [query, change] = useQueryPart();
  const asked = query.get("tab");
  const present = tabs.find((tab) => tab.name === asked)?.name ?? tabs[0]?.name ?? "";
  return (
    <Tabs value={present} onChange={(name) => change({ tab: name ?? undefined })} keepMounted={false}>
      <Tabs.List aria-label={label}>
        {tabs.map((tab) => (
          <Tabs.Tab key={tab.name} value={tab.name}>
            {tab.title}
            {tab.count !== undefined && tab.count > 0 && <span className={styles.count}>{tab.count}</span>}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map((tab) => (
        <Tabs.Panel key={tab.name} value={tab.name} pt="lg">
          {tab.name === present && <div className={styles.panel}>{tab.content()}</div>}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
