/** Requests for this node's data, grants that were given, and grants that this node asked for. */
import { useGet } from "../../../api/hooks";
import { Page } from "../../../ui/Page";
import { PageTabs } from "../../../ui/PageTabs";
import { data } from "../texts";
import { Asked } from "./Asked";
import { Given } from "./Given";
import { Open } from "./Open";

export default function Requests() {
  const t = data.useT();
  const open = useGet("/grants", { query: { side: "given", state: "APPLIED", limit: 500 } }).data?.items.length;
  return (
    <Page title={t("requests")} crumbs={[[t("catalogue"), "/data"]]} lead={t("requests.lead")}>
      <PageTabs
        label={t("requests")}
        tabs={[
          { name: "waiting", title: t("requests.open"), content: () => <Open />, count: open },
          { name: "given", title: t("requests.given"), content: () => <Given /> },
          { name: "asked", title: t("requests.asked"), content: () => <Asked /> },
        ]}
      />
    </Page>
  );
}
