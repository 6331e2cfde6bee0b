import { Button } from "@mantine/core";
import { usePages } from "../../api/hooks";
import type { Agreement, FlowDraftSummary } from "../../api/types";
import { useFormat } from "../../core/format";
import { to } from "../../core/nav";
import { Can } from "../../core/permissions";
import { useW } from "../../core/texts";
import { Async, Empty } from "../../ui/Async";
import { type Col, DataTable } from "../../ui/DataTable";
import { Link } from "../../ui/Link";
import { Section } from "../../ui/Section";
import { projects } from "./texts";

export function FlowsTab({ agreement }: { agreement: Agreement }) {
  const t = projects.useT();
  const columns = useColumns();
  const { query, items, more } = usePages("/flows", { query: { agreement: agreement.id, limit: 100 } });
  const fresh = (
    <Can action="flow.write">
      <Button component={Link} href={`/flows/new?agreement=${encodeURIComponent(agreement.id)}`} size="compact-sm">
        {t("new_flow")}
      </Button>
    </Can>
  );
  return (
    <Section title={t("tab.flows")} lead={t("flows.lead")} actions={fresh} flush>
      <Async query={query} emptyView={<Empty title={t("flows.none")} text={t("flows.none.text")} />}>
        {() => (
          <DataTable
            caption={t("flows.caption")}
            columns={columns}
            rows={items}
            rowKey={(flow) => flow.id}
            rowHref={(flow) => to.flow(flow.id)}
            onMore={more}
          />
        )}
      </Async>
    </Section>
  );
}

function useColumns(): Col<FlowDraftSummary>[] {
  const t = projects.useT();
  const format = useFormat();
  const w = useW();
  const title = (flow: FlowDraftSummary): string =>
    w({ zh: flow.title?.zh ?? "", en: flow.title?.en ?? "" }) || flow.name;
  return [
    { key: "name", title: t("col.name"), cell: title, sort: title },
    { key: "steps", title: t("flows.steps"), cell: (flow) => format.number(flow.steps), align: "right" },
    {
      key: "changed",
      title: t("flows.changed"),
      cell: (flow) => `${format.ago(flow.updated_at)} · ${t("flows.by", { name: flow.updated_by })}`,
      sort: (flow) => flow.updated_at,
    },
  ];
}
