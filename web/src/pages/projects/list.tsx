/** All agreements of this node. */
import { Button } from "@mantine/core";
import { usePages } from "../../api/hooks";
import type { Agreement } from "../../api/types";
import { useFormat } from "../../core/format";
import { to } from "../../core/nav";
import { Can } from "../../core/permissions";
import { Async, Empty } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { type Col, DataTable } from "../../ui/DataTable";
import { Link } from "../../ui/Link";
import { Page } from "../../ui/Page";
import { Party } from "../../ui/Party";
import { Card } from "../../ui/Section";
import styles from "./projects.module.css";
import { isState, mayDecide, toneOf } from "./state";
import { projects } from "./texts";

export default function Projects() {
  const t = projects.useT();
  const { query, items, more } = usePages("/agreements", { query: { limit: 200 } });
  return (
    <Page title={t("title")} lead={t("lead")} actions={<ProposeButton />}>
      <Async query={query} emptyView={<NoAgreement />}>
        {() => <Agreements rows={items} onMore={more} />}
      </Async>
    </Page>
  );
}

function ProposeButton() {
  const t = projects.useT();
  return (
    <Can action="agreement.propose">
      <Button component={Link} href="/projects/new">
        {t("propose")}
      </Button>
    </Can>
  );
}

function NoAgreement() {
  const t = projects.useT();
  return (
    <Card>
      <Empty title={t("empty")} text={t("empty.text")} action={<ProposeButton />} />
    </Card>
  );
}

function Agreements({ rows, onMore }: { rows: Agreement[]; onMore?: () => void }) {
  const t = projects.useT();
  return (
    <DataTable
      caption={t("list.caption")}
      columns={useColumns()}
      rows={rows}
      rowKey={(row) => row.id}
      rowHref={(row) => to.agreement(row.id)}
      onMore={onMore}
      sort="-created"
      filter
    />
  );
}

function useColumns(): Col<Agreement>[] {
  const t = projects.useT();
  const format = useFormat();
  return [
    { key: "name", title: t("col.name"), cell: (row) => row.name, sort: (row) => row.name },
    {
      key: "state",
      title: t("col.state"),
      cell: (row) => <AgreementState agreement={row} />,
      sort: (row) => row.state,
    },
    {
      key: "members",
      title: t("col.members"),
      cell: (row) => (
        <span className={styles.parties}>
          {row.members.map((member) => (
            <Party key={member} name={member} size="sm" />
          ))}
        </span>
      ),
      text: (row) => row.members.join(" "),
    },
    { key: "waits", title: t("col.waits"), cell: (row) => <Waits agreement={row} /> },
    {
      key: "until",
      title: t("col.until"),
      cell: (row) => format.date(row.valid_until),
      sort: (row) => row.valid_until,
      tight: true,
    },
    {
      key: "created",
      title: t("facts.created"),
      cell: (row) => format.time(row.created_at),
      sort: (row) => row.created_at,
      tight: true,
    },
  ];
}

export function AgreementState({ agreement }: { agreement: Agreement }) {
  const t = projects.useT();
  const { state } = agreement;
  return <Badge tone={toneOf(state)}>{isState(state) ? t(`state.${state}`) : state}</Badge>;
}

function Waits({ agreement }: { agreement: Agreement }) {
  const t = projects.useT();
  if (agreement.state !== "PROPOSED") return <span className={styles.soft}>–</span>;
  return mayDecide(agreement) ? <strong>{t("waits.me")}</strong> : <span>{t("waits.others")}</span>;
}
