/** The whole at a glance, for those who run it. */
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useMe } from "../../core/session";
import { Link } from "../../ui/Link";
import { Page } from "../../ui/Page";
import { Anomalies } from "./Anomalies";
import styles from "./cockpit.module.css";
import { JobsPerDay } from "./JobsPerDay";
import { Metering } from "./Metering";
import { Network } from "./Network";
import { Revenue } from "./Revenue";
import { Tiles } from "./Tiles";
import { cockpit } from "./texts";

export default function Cockpit() {
  const t = cockpit.useT();
  const client = useQueryClient();
  const actions = (
    <>
      <Button variant="default" onClick={() => void client.invalidateQueries()}>
        {t("refresh")}
      </Button>
      <Button component={Link} href="/cockpit/wall" variant="default">
        {t("wall")}
      </Button>
    </>
  );
  return (
    <Page title={t("title")} lead={t("lead")} actions={actions}>
      <Parts />
    </Page>
  );
}

export function Parts() {
  const me = useMe();
  return (
    <>
      <Tiles />
      <div className={styles.pair}>
        <Network />
        <Anomalies />
      </div>
      {me.can("job.read") && <JobsPerDay />}
      {me.can("metering.read") && <Metering />}
      {me.can("metering.export") && <Revenue />}
    </>
  );
}
