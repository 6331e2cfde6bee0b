/** Lines over the page: the node is away. */
import { useIsFetching, useIsMutating } from "@tanstack/react-query";
import { useEffect } from "react";
import { queries } from "../api/queries";
import { useFormat } from "../core/format";
import { useLine } from "../core/live";
import { core } from "../core/texts";
import styles from "./Banners.module.css";
import { isThere, useAway, useDoubt } from "./presence";

const PAUSE_MS = 2_000;

export function Banners() {
  const t = core.useT();
  const format = useFormat();
  const since = useAway();
  const isOpen = useLine().state === "open";
  useEffect(() => {
    if (!isOpen) void isThere(); // whether the node is away, or only the line is
  }, [isOpen]);
  useDoubt(useIsFetching() + useIsMutating() > 0);
  useReturn(since !== undefined);
  return (
    <div role="status">
      {since !== undefined && (
        <p className={styles.banner}>
          {t("offline", { since: format.clock(since) })} {t("console.unreachable.hint")}
        </p>
      )}
    </div>
  );
}

/** Asks an absent node until it is back; then everything that is shown is asked for anew. */
function useReturn(isAway: boolean): void {
  useEffect(() => {
    if (!isAway) return;
    const timer = window.setInterval(() => void isThere(), PAUSE_MS);
    return () => {
      window.clearInterval(timer);
      void queries.invalidateQueries();
    };
  }, [isAway]);
}
