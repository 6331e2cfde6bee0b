/** In the place of a page whose program could not be fetched. Has no words but those that are there from the start. */
import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { core } from "../core/texts";
import { isThere } from "./presence";
import styles from "./Shell.module.css";

/** What browsers say of a part of the console that they did not get. */
const LOST = /dynamically imported module|importing a module script|preload css/i;
const PAUSE_MS = 2_000;
/** Where the node was there all the time, a page that was loaded just now is not loaded again by itself: it might not end. */
const YOUNG_MS = 10_000;

export const isUnloaded = (fault: unknown): boolean => fault instanceof Error && LOST.test(fault.message);

/** Loads anew as soon as the node answers: its program may be another one by now. */
export function Unloaded() {
  const t = core.useT();
  const [asking, setAsking] = useState(false);
  const press = async (): Promise<void> => {
    setAsking(true);
    if (await isThere()) window.location.reload();
    setAsking(false);
  };
  useEffect(() => {
    let missed = false;
    const look = async (): Promise<void> => {
      const there = await isThere();
      if (there && (missed || performance.now() >= YOUNG_MS)) window.location.reload();
      missed ||= !there;
    };
    void look();
    const timer = window.setInterval(() => void look(), PAUSE_MS);
    return () => window.clearInterval(timer);
  }, []);
  return (
    <div role="alert" className={styles.fault}>
      <h1 className={styles.unloaded}>{t("unreachable.title")}</h1>
      <p>{t("console.unreachable.hint")}</p>
      <Button variant="default" loading={asking} onClick={() => void press()}>
        {t("retry")}
      </Button>
    </div>
  );
}
