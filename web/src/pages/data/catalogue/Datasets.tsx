/** This node's own datasets. */
import { Button } from "@mantine/core";
import { usePages } from "../../../api/hooks";
import type { Dataset } from "../../../api/types";
import { useFormat } from "../../../core/format";
import { to } from "../../../core/nav";
import { Can } from "../../../core/permissions";
import { useMe } from "../../../core/session";
import { Async, Empty } from "../../../ui/Async";
import { type Col, DataTable } from "../../../ui/DataTable";
import { Link } from "../../../ui/Link";
import { data } from "../texts";
import styles from "./catalogue.module.css";
import { DatasetLevel, DatasetMenu, DatasetState, PolicyInForce } from "./cells";

export function Datasets() {
  const t = data.useT();
  const { items, more, query } = usePages("/datasets", { query: { limit: 200 } });
  const columns = useColumns();
  return (
    <Async query={query} height={280} emptyView={<None />}>
      {() => (
        <DataTable
          caption={t("catalogue.datasets")}
          columns={columns}
          rows={items}
          rowKey={(one) => one.name}
          rowHref={(one) => to.dataset(one.name)}
          onMore={more}
          filter
          sort="name"
        />
      )}
    </Async>
  );
}

function None() {
  const t = data.useT();
  const go = (
    <Can action="dataset.register">
      <Button component={Link} href="/data/connect">
        {t("connect")}
      </Button>
    </Can>
  );
  return <Empty title={t("catalogue.none")} text={t("catalogue.none.text")} action={go} />;
}

function useColumns(): Col<Dataset>[] {
  const t = data.useT();
  const format = useFormat();
  const me = useMe();
  const columns: (Col<Dataset> | false)[] = [
    {
      key: "name",
      title: t("dataset"),
      cell: (one) => one.name,
      tight: true,
      sort: (one) => one.name,
      text: (one) => `${one.name} ${one.description} ${one.connection ?? ""}`,
    },
    {
      key: "description",
      title: t("description"),
      cell: (one) => (
        <span className={styles.prose} data-raw>
          {one.description}
        </span>
      ),
    },
    { key: "where", title: t("where"), cell: (one) => <Where one={one} />, tight: true },
    {
      key: "rows",
      title: t("rows"),
      align: "right",
      cell: (one) => format.number(one.rows, 0),
      sort: (one) => one.rows,
    },
    {
      key: "columns",
      title: t("columns"),
      align: "right",
      cell: (one) => one.columns.length,
      sort: (one) => one.columns.length,
    },
    me.can("label.read") && {
      key: "level",
      title: t("level"),
      cell: (one) => <DatasetLevel name={one.name} />,
      tight: true,
    },
    me.can("policy.read") && {
      key: "policy",
      title: t("policy"),
      cell: (one) => <PolicyInForce name={one.name} />,
      tight: true,
    },
    {
      key: "state",
      title: t("state"),
      cell: (one) => <DatasetState one={one} />,
      sort: (one) => one.state,
      tight: true,
    },
    (me.can("dataset.refresh") || me.can("dataset.remove")) && {
      key: "acts",
      title: t("actions"),
      hiddenTitle: true,
      align: "right",
      cell: (one) => <DatasetMenu one={one} />,
    },
  ];
  return columns.filter((column) => column !== false);
}

function Where({ one }: { one: Dataset }) {
  return (
    <span title={one.path}>
      {one.connection ?? one.path.split("/").pop()} <span className={styles.format}>{one.format}</span>
    </span>
  );
}
