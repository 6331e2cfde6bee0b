/** Lines over the page: the node is away. */
import { useEffect, useState } from "react";
import { credentials } from "../api/credentials";
import { get } from "../api/hooks";
import { queries } from "../api/queries";
import { useFormat } from "../core/format";
import { useLine } from "../core/live";
import { makeStore, useStore } from "../core/store";
import { core } from "../core/texts";
import styles from "./Banners.module.css";

/** Since when no request was answered. */
const away = makeStore<number | undefined>(undefined);
credentials.heard = (answers) => away.set(answers ? undefined : (away.get() ?? Date.now()));

export const useAway = (): number | undefined => useStore(away);

export function Banners() {
  const t = core.useT();
  const format = useFormat();
  const since = useAway();
  const [, setTry] = useState(0);
  const isOpen = useLine().state === "open";
  useEffect(() => {
    if (!isOpen) void get("/health").catch(() => {}); // whether the node is away, or only the line is
  }, [isOpen]);
  useEffect(() => {
    if (since === undefined) return;
    const timer = window.setInterval(async () => {
      setTry((count) => count + 1);
      const answered = await get("/health").then(
        () => true,
        () => false,
      );
      if (answered) void queries.invalidateQueries();
    }, 2_000);
    return () => window.clearInterval(timer);
  }, [since]);
  return (
    <div role="status">
      {since !== undefined && <p className={styles.banner}>{t("offline", { since: format.clock(since) })}</p>}
    </div>
  );
}
