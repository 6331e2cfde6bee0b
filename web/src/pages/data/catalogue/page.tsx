/** All data that this node knows of: its own, the places it lies in, and what partners publish. */
import { Button } from "@mantine/core";
import { Can } from "../../../core/permissions";
import { Link } from "../../../ui/Link";
import { Page } from "../../../ui/Page";
import { type PageTab, PageTabs } from "../../../ui/PageTabs";
import { data } from "../texts";
import { Connections } from "./Connections";
import { Datasets } from "./Datasets";
import { PartnersData } from "./PartnersData";

export default function Catalogue() {
  const t = data.useT();
  const tabs: PageTab[] = [
    { name: "datasets", title: t("catalogue.datasets"), content: () => <Datasets /> },
    { name: "connections", title: t("catalogue.connections"), content: () => <Connections />, needs: "source.read" },
    { name: "partners", title: t("catalogue.partners"), content: () => <PartnersData />, needs: "peer.explore" },
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
