/** The parts of a page as tabs. The chosen one stands in the address; the first one goes without saying. */
import { Tabs } from "@mantine/core";
import { type ReactNode, Suspense } from "react";
import { useQueryPart } from "../core/location";
import { useMe } from "../core/session";
import { Loading } from "./Async";
import styles from "./PageTabs.module.css";

export interface PageTab {
  name: string;
  title: string;
  content: () => ReactNode;
  /** The right to see it. */
  needs?: string;
  /** How much waits there. */
  count?: number;
}

interface PageTabsProps {
  tabs: readonly PageTab[];
  label: string;
  /** The one that goes without saying, if it is not the first. */
  start?: string;
}

export function PageTabs({ tabs, label, start }: PageTabsProps) {
  const me = useMe();
  const [query, change] = useQueryPart();
  const shown = tabs.filter(({ needs }) => needs === undefined || me.can(needs));
  const first = (shown.find(({ name }) => name === start) ?? shown[0])?.name ?? "";
  const present = shown.find((tab) => tab.name === query.get("tab"))?.name ?? first;
  return (
    <Tabs
      value={present}
      onChange={(name) => change({ tab: name === null || name === first ? undefined : name })}
      keepMounted={false}
    >
      <Tabs.List aria-label={label} className={styles.list}>
        {shown.map(({ name, title, count = 0 }) => (
          <Tabs.Tab key={name} value={name}>
            {title}
            {count > 0 && <span className={styles.count}>{count}</span>}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {shown.map(({ name, content }) => (
        <Tabs.Panel key={name} value={name} className={styles.panel}>
          <Suspense fallback={<Loading height={320} />}>{name === present && content()}</Suspense>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
