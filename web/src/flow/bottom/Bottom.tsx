/** Below the canvas: what is wrong, who learns what, what ran. */
import { ActionIcon, Tabs } from "@mantine/core";
import { Suspense } from "react";
import { IconX } from "../../core/icons";
import { Loading } from "../../ui/Async";
import { nextOf, Problems } from "../problems/Problems";
import { sides } from "../sides/texts";
import { type BottomTab, useFlow, useFlowStore } from "../store";
import styles from "./Bottom.module.css";
import { Learns } from "./Learns";
import { Runs } from "./Runs";

export function Bottom() {
  const t = sides.useT();
  const store = useFlowStore();
  const tab = useFlow((state) => state.bottom) ?? "problems";
  const count = useFlow((state) => (nextOf(state.doc) === undefined ? state.problems.length : 0));
  return (
    <section className={styles.bottom} aria-label={t("bottom")} data-coach="learns">
      <Tabs
        value={tab}
        onChange={(next) => store.put({ bottom: (next as BottomTab | null) ?? undefined })}
        keepMounted={false}
        className={styles.tabs}
      >
        <div className={styles.head}>
          <Tabs.List className={styles.list}>
            <Tabs.Tab value="problems" className={styles.tab}>
              {t("problems")}
              {count > 0 && <span className={styles.count}>{count}</span>}
            </Tabs.Tab>
            <Tabs.Tab value="learns" className={styles.tab}>
              {t("learns")}
            </Tabs.Tab>
            <Tabs.Tab value="runs" className={styles.tab}>
              {t("runs")}
            </Tabs.Tab>
          </Tabs.List>
          <ActionIcon
            className={styles.close}
            variant="subtle"
            color="gray"
            aria-label={t("bottom.close")}
            onClick={() => store.put({ bottom: undefined })}
          >
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </div>
        <Suspense fallback={<Loading height={60} />}>
          <Tabs.Panel value="problems" className={styles.panel} tabIndex={0}>
            <Problems />
          </Tabs.Panel>
          <Tabs.Panel value="learns" className={styles.panel} tabIndex={0}>
            <Learns />
          </Tabs.Panel>
          <Tabs.Panel value="runs" className={styles.panel} tabIndex={0}>
            <Runs />
          </Tabs.Panel>
        </Suspense>
      </Tabs>
    </section>
  );
}
