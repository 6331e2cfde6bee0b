/** All data that this node knows of: its own, the places it lies in, and what partners publish. */
import { Button } from "@mantine/core";
import { Can } from "../../../core/permissions";
import { useMe } from "../../../core/session";
import { Link } from "../../../ui/Link";
import { Page } from "../../../ui/Page";
import { PageTabs, type Tab } from "../tabs";
import { data } from "../texts";
import { Connections } from "./Connections";
import { Datasets } from "./Datasets";
import { PartnersData } from "./PartnersData";

export default function Catalogue() {
  const t = data.useT();
  const me = useMe();
  const tabs: Tab[] = [
    { name: "datasets", title: t("catalogue.datasets"), content: () => <Datasets /> },
    ...(me.can("source.read")
      ? [{ name: "connections", title: t("catalogue.connections"), content: () => <Connections /> }]
      : []),
    ...(me.can("peer.explore")
      ? [{ name: "partners", title: t("catalogue.partners"), content: () => <PartnersData /> }]
      : []),
  ];
  const connect = (
    <Can action="dataset.register">
      <Button component={Link} href="/data/connect">
        {t("connect")}
      </Button>
    </Can>
  );
  return (
    <Page title={t("catalogue")} lead={t("catalogue.lead")} actions={connect}>
      <PageTabs tabs={tabs} label={t("catalogue")} />
    </Page>
  );
}
