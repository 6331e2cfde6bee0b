/** Flows that this node submits at set times. */
import { Button } from "@mantine/core";
import { usePages } from "../../api/hooks";
import type { Schedule } from "../../api/types";
import { Can } from "../../core/permissions";
import { Async, Empty } from "../../ui/Async";
import { type Col, DataTable } from "../../ui/DataTable";
import { Time } from "../../ui/Diagnostic";
import { Link } from "../../ui/Link";
import { Page } from "../../ui/Page";
import { Party } from "../../ui/Party";
import { Last } from "./Last";
import { State } from "./State";
import { schedules } from "./texts";
import { When } from "./When";

export default function ScheduleList() {
  const t = schedules.useT();
  const { items, more, query } = usePages("/schedules");
  const columns: Col<Schedule>[] = [
    { key: "name", title: t("name"), cell: (row) => row.name, sort: (row) => row.name },
    { key: "state", title: t("state"), cell: (row) => <State state={row.state} />, sort: (row) => row.state },
    { key: "when", title: t("when"), cell: (row) => <When cron={row.cron} timezone={row.timezone} /> },
    {
      key: "next",
      title: t("next"),
      cell: (row) => <Time at={row.next_at} />,
      sort: (row) => row.next_at,
      tight: true,
    },
    { key: "last", title: t("last"), cell: (row) => <Last last={row.last} /> },
    {
      key: "with",
      title: t("parties"),
      cell: (row) => row.parties.map((party) => <Party key={party} name={party} size="sm" brief />),
    },
  ];
  return (
    <Page
      title={t("title")}
      lead={t("lead")}
      crumbs={[[t("jobs"), "/jobs"]]}
      actions={
        <Can action="flow.read">
          <Button variant="default" component={Link} href="/flows">
            {t("to_flows")}
          </Button>
        </Can>
      }
    >
      <Async query={query} empty={() => false} height={260}>
        {() => (
          <DataTable
            caption={t("title")}
            columns={columns}
            rows={items}
            rowKey={(row) => row.name}
            rowHref={(row) => `/schedules/${encodeURIComponent(row.name)}`}
            onMore={more}
            filter={items.length > 8}
            emptyView={<Empty title={t("empty")} text={t("empty.text")} />}
          />
        )}
      </Async>
    </Page>
  );
}
