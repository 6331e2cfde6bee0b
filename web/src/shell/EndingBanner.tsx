/** Says in time that the session is about to end, and lets one stay. After WCAG 2.2, 2.2.1. */
import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { credentials } from "../api/credentials";
import { useFormat } from "../core/format";
import { refreshMe, useMe, useSession } from "../core/session";
import { core } from "../core/texts";
import styles from "./Banners.module.css";
import { type Ending, endingOf } from "./ending";

const LOOK_MS = 5_000;

export function EndingBanner() {
  const session = useSession();
  const [ending, look] = useEnding();
  const expired = session.state === "in" && session.expired;
  return <div role="status">{ending !== undefined && !expired && <Words ending={ending} onStay={look} />}</div>;
}

function useEnding(): [Ending | undefined, () => void] {
  const { idleMs, endsAt } = useMe();
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), LOOK_MS);
    return () => window.clearInterval(timer);
  }, []);
  return [endingOf({ usedAt: credentials.usedAt, idleMs, endsAt }, now), () => setNow(Date.now())];
}

function Words({ ending, onStay }: { ending: Ending; onStay: () => void }) {
  const t = core.useT();
  const format = useFormat();
  const at = format.clock(ending.at);
  const stay = (): void => void refreshMe().then(onStay, () => {});
  return (
    <p className={styles.banner}>
      {t(ending.idle ? "ending.idle" : "ending.over", { at })}{" "}
      {ending.idle && (
        <Button size="compact-sm" variant="default" onClick={stay}>
          {t("ending.stay")}
        </Button>
      )}
    </p>
  );
}
