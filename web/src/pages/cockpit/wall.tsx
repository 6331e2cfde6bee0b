/** The cockpit on a screen that nobody touches: large, without frame. */
import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { useFormat } from "../../core/format";
import { useMe } from "../../core/session";
import { Link } from "../../ui/Link";
import { Page } from "../../ui/Page";
import styles from "./cockpit.module.css";
import { Parts } from "./page";
import { cockpit } from "./texts";

const MINUTE_MS = 60_000;

export default function Wall() {
  const t = cockpit.useT();
  const me = useMe();
  return (
    <main className={styles.wall}>
      <Page
        title={t("wall.title", { node: me.node?.institution || (me.node?.name ?? "") })}
        lead={t("wall.lead")}
        badges={<Clock />}
        actions={
          <Button component={Link} href="/cockpit" variant="default">
            {t("wall.leave")}
          </Button>
        }
      >
        <Parts />
      </Page>
    </main>
  );
}

function Clock() {
  const format = useFormat();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), MINUTE_MS / 4);
    return () => window.clearInterval(timer);
  }, []);
  return <span className={styles.clock}>{format.time(now)}</span>;
}
