/** Data products: what partners offer, and what this node offers them. */
import { Button } from "@mantine/core";
import { Can } from "../../core/permissions";
import { Link } from "../../ui/Link";
import { Page } from "../../ui/Page";
import { PageTabs } from "../../ui/PageTabs";
import { Mine } from "./Mine";
import { Search } from "./Search";
import { market } from "./texts";

export default function Market() {
  const t = market.useT();
  const write = (
    <Can action="product.publish">
      <Button component={Link} href="/data/products/new" variant="default">
        {t("write")}
      </Button>
    </Can>
  );
  return (
    <Page title={t("market")} crumbs={[[t("data"), "/data"]]} lead={t("market.lead")} actions={write}>
      <PageTabs
        label={t("market")}
        tabs={[
          { name: "search", title: t("tab.search"), content: () => <Search /> },
          { name: "mine", title: t("tab.mine"), content: () => <Mine /> },
        ]}
      />
    </Page>
  );
}
