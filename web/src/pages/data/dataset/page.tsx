/** One dataset: its columns, a look at a sample, what is sensitive, what is allowed, who may use it, what happened. */
import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { useGet } from "../../../api/hooks";
import type { Dataset } from "../../../api/types";
import { go } from "../../../core/location";
import type { PageProps } from "../../../core/nav";
import { Can } from "../../../core/permissions";
import { useMe } from "../../../core/session";
import { Async } from "../../../ui/Async";
import { Badge } from "../../../ui/Badge";
import { Page } from "../../../ui/Page";
import { type PageTab, PageTabs } from "../../../ui/PageTabs";
import { Section } from "../../../ui/Section";
import { DatasetLevel, DatasetState, RemoveDataset, useRefresh } from "../catalogue/cells";
import { Labels } from "../labels/Labels";
import { Policy } from "../policy/Policy";
import { data } from "../texts";
import { Columns } from "./Columns";
import styles from "./dataset.module.css";
import { GrantsOf } from "./GrantsOf";
import { History } from "./History";
import { Profile } from "./Profile";

export default function DatasetPage({ params }: PageProps) {
  const t = data.useT();
  const me = useMe();
  const { name = "" } = params;
  const query = useGet("/datasets/{name}", { path: { name } });
  const one = query.data;
  const badges = one !== undefined && (
    <>
      <DatasetState one={one} />
      {me.can("label.read") && <DatasetLevel name={name} />}
      {!one.published && <Badge>{t("unpublished")}</Badge>}
    </>
  );
  return (
    <Page
      title={name}
      crumbs={[[t("catalogue"), "/data"]]}
      badges={badges}
      lead={one?.description ? <span data-raw>{one.description}</span> : undefined}
      actions={one !== undefined && <Acts one={one} />}
    >
      <Async query={query} height={320}>
        {(found) => <Parts one={found} />}
      </Async>
    </Page>
  );
}

function Acts({ one }: { one: Dataset }) {
  const t = data.useT();
  const [removing, setRemoving] = useState(false);
  const refresh = useRefresh(one.name);
  return (
    <Group gap="xs">
      <Can action="dataset.refresh">
        <Button
          variant={one.state === "changed" ? "filled" : "default"}
          loading={refresh.isPending}
          onClick={refresh.start}
        >
          {t("refresh")}
        </Button>
      </Can>
      <Can action="dataset.remove">
        <Button variant="default" onClick={() => setRemoving(true)}>
          {t("remove")}
        </Button>
      </Can>
      <RemoveDataset name={one.name} opened={removing} onClose={() => setRemoving(false)} onDone={() => go("/data")} />
    </Group>
  );
}

function Parts({ one }: { one: Dataset }) {
  const t = data.useT();
  const { name } = one;
  const tabs: PageTab[] = [
    { name: "columns", title: t("tab.columns"), content: () => <Columns one={one} /> },
    { name: "profile", title: t("tab.profile"), content: () => <Profile one={one} />, needs: "dataset.profile" },
    {
      name: "labels",
      title: t("tab.labels"),
      content: () => (
        <Section title={t("tab.labels")} lead={t("labels.lead")}>
          <Labels name={name} />
        </Section>
      ),
      needs: "label.read",
    },
    { name: "policy", title: t("tab.policy"), content: () => <Policy dataset={name} />, needs: "policy.read" },
    { name: "grants", title: t("tab.grants"), content: () => <GrantsOf name={name} />, needs: "grant.read" },
    { name: "history", title: t("tab.history"), content: () => <History name={name} /> },
  ];
  return (
    <>
      {(one.state === "changed" || one.state === "missing") && (
        <p className={styles.warning} role="status">
          {t(`state.${one.state}.text`)}
        </p>
      )}
      <PageTabs tabs={tabs} label={name} />
    </>
  );
}
