/** The cockpit on a screen that nobody touches: everything at once, dark, large, without anything to click. */
import { useEffect, useState } from "react";
import { useFormat } from "../../core/format";
import { IconX } from "../../core/icons";
import { useLine } from "../../core/live";
import { go } from "../../core/location";
import { useMe } from "../../core/session";
import { Badge } from "../../ui/Badge";
import { useNewJobs } from "./data";
import { Tiles } from "./Tiles";
import { cockpit } from "./texts";
import { WallAnomalies, WallDays, WallHours, WallNetwork, WallRunning } from "./WallParts";
import styles from "./wall.module.css";

const TICK_MS = 1_000;
const leave = (): void => go("/cockpit");

export default function Wall() {
  useNewJobs();
  useEscape();
  const now = useNow();
  return (
    <main className={styles.wall} data-mantine-color-scheme="dark">
      <Head now={now} />
      <Tiles />
      <div className={styles.middle}>
        <WallNetwork />
        <WallRunning now={now} />
        <WallAnomalies />
      </div>
      <div className={styles.charts}>
        <WallHours now={now} />
        <WallDays now={now} />
      </div>
      <Foot opened={useState(Date.now)[0]} />
    </main>
  );
}

function Head({ now }: { now: number }) {
  const t = cockpit.useT();
  const me = useMe();
  const format = useFormat();
  const title = t("wall.title", { node: me.node?.institution || (me.node?.name ?? "") });
  useEffect(() => {
    document.title = `${title} · Tacit`;
  }, [title]);
  return (
    <header className={styles.head}>
      <h1>{title}</h1>
      <time className={styles.clock}>{format.clock(now)}</time>
      <button
        type="button"
        className={styles.leave}
        aria-label={t("wall.leave")}
        title={t("wall.leave")}
        onClick={leave}
      >
        <IconX size={20} aria-hidden />
      </button>
    </header>
  );
}

/** How fresh everything is: jobs are live, the rest is as it was when somebody last looked. */
function Foot({ opened }: { opened: number }) {
  const t = cockpit.useT();
  const format = useFormat();
  const { state, since, lastEventAt } = useLine();
  return (
    <footer className={styles.foot}>
      {state === "open" ? (
        <Badge tone="ok">
          {lastEventAt > 0
            ? t("wall.live", { time: format.clock(lastEventAt) })
            : t("wall.quiet", { time: format.clock(since) })}
        </Badge>
      ) : (
        <Badge tone="bad">{t("wall.down", { time: format.clock(since) })}</Badge>
      )}
      <span>{t("wall.asked", { time: format.clock(opened) })}</span>
      <span>{t("wall.ends")}</span>
    </footer>
  );
}

function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), TICK_MS);
    return () => window.clearInterval(timer);
  }, []);
  return now;
}

function useEscape(): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.key === "Escape") leave();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
}
