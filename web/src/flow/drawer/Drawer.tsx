/** What can be set and seen of the chosen step, or of the flow while none is chosen. */
import { ActionIcon, CloseButton, Tabs, Tooltip } from "@mantine/core";
import { Suspense, useEffect, useRef } from "react";
import type { Operator } from "../../api/types";
import { IconInfoCircle } from "../../core/icons";
import { useW } from "../../core/texts";
import { Loading } from "../../ui/Async";
import { type FlowStep, specOf, stepOf } from "../document";
import { sides } from "../sides/texts";
import { type DrawerTab, useFlow, useFlowStore } from "../store";
import { Costs } from "./Costs";
import styles from "./Drawer.module.css";
import { FlowSettings } from "./FlowSettings";
import { Name } from "./Name";
import { Parameters } from "./Parameters";
import { LastResult } from "./Result";
import { Reveals } from "./Reveals";
import { Seats } from "./Seats";

const TABS: DrawerTab[] = ["parameters", "seats", "reveals", "cost", "result"];

export function Drawer() {
  const t = sides.useT();
  const store = useFlowStore();
  const step = useFlow((state) => stepOf(state.doc, state.selection.at(-1) ?? ""));
  const several = useFlow((state) => state.selection.length);
  const root = useRef<HTMLElement>(null);
  useWantedFocus(root);
  return (
    <aside ref={root} className={styles.drawer} data-coach="drawer" aria-label={t("drawer")}>
      <div className={styles.corner}>
        <CloseButton aria-label={t("drawer.close")} onClick={() => store.put({ drawer: undefined })} />
      </div>
      {several > 1 && <p className={styles.several}>{t("drawer.several", { count: several, id: step?.id ?? "" })}</p>}
      <Suspense fallback={<Loading />}>
        {step === undefined ? <FlowSettings /> : <StepDrawer key={step.id} step={step} />}
      </Suspense>
    </aside>
  );
}

function StepDrawer({ step }: { step: FlowStep }) {
  const t = sides.useT();
  const store = useFlowStore();
  const tab = useFlow((state) => state.drawer) ?? "parameters";
  const spec = useFlow((state) => specOf(state.specs, step));
  return (
    <>
      <Head step={step} spec={spec} />
      <Tabs
        value={tab}
        onChange={(next) => store.put({ drawer: (next as DrawerTab | null) ?? undefined })}
        keepMounted={false}
        className={styles.tabs}
      >
        <Tabs.List className={styles.list}>
          {TABS.map((name) => (
            <Tabs.Tab key={name} value={name} className={styles.tab}>
              {t(`tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="parameters" className={styles.panel}>
          <Parameters step={step} spec={spec} />
        </Tabs.Panel>
        <Tabs.Panel value="seats" className={styles.panel}>
          <Seats step={step} spec={spec} />
        </Tabs.Panel>
        <Tabs.Panel value="reveals" className={styles.panel}>
          <Reveals step={step} spec={spec} />
        </Tabs.Panel>
        <Tabs.Panel value="cost" className={styles.panel}>
          <Costs step={step} />
        </Tabs.Panel>
        <Tabs.Panel value="result" className={styles.panel}>
          <LastResult step={step} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function Head({ step, spec }: { step: FlowStep; spec: Operator | undefined }) {
  const t = sides.useT();
  const w = useW();
  const title = w(spec?.title) || step.operator;
  return (
    <header className={styles.head}>
      <h2 className={styles.title}>
        {title}
        {spec !== undefined && (
          <Tooltip label={w(spec.help)} multiline w={320} events={{ hover: true, focus: true, touch: true }}>
            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t("drawer.about", { what: title })}>
              <IconInfoCircle size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
        )}
      </h2>
      <Name step={step} />
      {spec === undefined && <p className={styles.warn}>{t("drawer.unknown", { operator: step.operator })}</p>}
    </header>
  );
}

/** Puts the focus where somebody asked for it, once the field is there. */
function useWantedFocus(root: React.RefObject<HTMLElement | null>): void {
  const store = useFlowStore();
  const wanted = useFlow((state) => state.focus);
  const tab = useFlow((state) => state.drawer);
  useEffect(() => {
    if (wanted === undefined || tab === undefined) return;
    const timer = window.setTimeout(() => {
      focusField(root.current, wanted);
      store.put({ focus: undefined });
    }, 60); // after tabs and forms have shown it
    return () => window.clearTimeout(timer);
  }, [wanted, tab, store, root]);
}

const CONTROLS = "input:not([type=hidden]),select,textarea,button";

/** The field of a path, or the nearest one that holds it. */
export function focusField(root: HTMLElement | null, path: string): boolean {
  for (let part = path; part !== ""; part = part.slice(0, Math.max(0, part.lastIndexOf(".")))) {
    const place = root?.querySelector(`[data-path="${CSS.escape(part)}"]`);
    const control = place?.matches(CONTROLS) ? place : place?.querySelector(CONTROLS);
    if (control instanceof HTMLElement) {
      control.scrollIntoView({ block: "center" });
      control.focus();
      return true;
    }
  }
  return false;
}
