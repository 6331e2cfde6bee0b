/** The places that data lies in: folders, databases, stores. Their credentials are never shown. */
import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { useAct, useGet } from "../../../api/hooks";
import type { Connection } from "../../../api/types";
import { Can } from "../../../core/permissions";
import { useCodeText } from "../../../core/problems";
import { Async, Empty } from "../../../ui/Async";
import { Badge } from "../../../ui/Badge";
import { Confirm } from "../../../ui/Confirm";
import { type Col, DataTable } from "../../../ui/DataTable";
import { Time } from "../../../ui/Diagnostic";
import { Link } from "../../../ui/Link";
import { type KindName, placeOf } from "../connect/kinds";
import { data } from "../texts";
import styles from "./catalogue.module.css";

export function Connections() {
  const t = data.useT();
  const query = useGet("/connections", { query: { limit: 500 } });
  const columns: Col<Connection>[] = [
    { key: "name", title: t("connection"), cell: (one) => one.name, sort: (one) => one.name },
    {
      key: "kind",
      title: t("kind"),
      cell: (one) => t(`kind.${one.kind as KindName}`),
      sort: (one) => one.kind,
      tight: true,
    },
    { key: "place", title: t("where"), cell: (one) => <code>{placeOf(one)}</code>, text: placeOf },
    { key: "datasets", title: t("catalogue.datasets"), align: "right", cell: (one) => one.datasets.length },
    { key: "test", title: t("test.last"), cell: (one) => <LastTest one={one} />, tight: true },
    { key: "acts", title: t("actions"), hiddenTitle: true, align: "right", cell: (one) => <Acts one={one} /> },
  ];
  return (
    <Async
      query={query}
      empty={({ items }) => items.length === 0}
      emptyView={<Empty title={t("connections.none")} text={t("connections.none.text")} />}
    >
      {({ items }) => (
        <DataTable
          caption={t("catalogue.connections")}
          columns={columns}
          rows={items}
          rowKey={(one) => one.name}
          filter
        />
      )}
    </Async>
  );
}

function LastTest({ one }: { one: Connection }) {
  const t = data.useT();
  const codeText = useCodeText();
  if (one.test === null) return <Badge>{t("test.never")}</Badge>;
  return (
    <span className={styles.test}>
      <Badge tone={one.test.ok ? "ok" : "bad"}>
        {one.test.ok ? t("test.ok") : (codeText(one.test.code ?? "") ?? t("test.bad"))}
      </Badge>
      <span className={styles.small}>
        <Time at={one.tested_at} how="ago" />
      </span>
    </span>
  );
}

function Acts({ one }: { one: Connection }) {
  const t = data.useT();
  const [removing, setRemoving] = useState(false);
  const test = useAct("post", "/connections/{name}/test", { invalidates: ["/connections"] });
  const remove = useAct("delete", "/connections/{name}", {
    invalidates: ["/connections"],
    success: t("removed", { name: one.name }),
  });
  const path = { name: one.name };
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      <Can action="source.test">
        <Button
          size="compact-sm"
          variant="default"
          loading={test.isPending}
          aria-label={t("test_of", { name: one.name })}
          onClick={() => test.mutate({ path })}
        >
          {t("test")}
        </Button>
      </Can>
      <Can action="source.discover">
        <Button
          component={Link}
          href={`/data/connect?connection=${encodeURIComponent(one.name)}`}
          size="compact-sm"
          variant="default"
          aria-label={t("browse_of", { name: one.name })}
        >
          {t("browse")}
        </Button>
      </Can>
      <Can action="source.remove" why={one.datasets.length > 0 ? t("connections.used") : undefined}>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          c="var(--tone-bad)"
          aria-label={t("remove_of", { name: one.name })}
          onClick={() => setRemoving(true)}
        >
          {t("remove")}
        </Button>
      </Can>
      <Confirm
        opened={removing}
        onClose={() => setRemoving(false)}
        title={t("remove.title", { name: one.name })}
        text={t("connections.remove.text")}
        label={t("remove")}
        danger
        onConfirm={() => remove.mutateAsync({ path })}
      />
    </Group>
  );
}
