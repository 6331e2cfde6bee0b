/** One model: its versions, where each came from, how good it was, and what may be done with it. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { usePages } from "../../api/hooks";
import type { Model, ModelVersion } from "../../api/types";
import { useFormat } from "../../core/format";
import { useQueryPart } from "../../core/location";
import type { PageProps } from "../../core/nav";
import { useMe } from "../../core/session";
import { Async, Empty } from "../../ui/Async";
import { Copy } from "../../ui/Copy";
import { type Col, DataTable } from "../../ui/DataTable";
import { Time } from "../../ui/Diagnostic";
import { KeyValue } from "../../ui/KeyValue";
import { Page } from "../../ui/Page";
import { Card, Section } from "../../ui/Section";
import { Acts } from "./Acts";
import { CompareVersions } from "./CompareVersions";
import { useChiefColumns } from "./chief_columns";
import { useKindTitle } from "./kinds";
import { Lineage } from "./Lineage";
import styles from "./Models.module.css";
import { Integrity, VersionState } from "./marks";
import { useChief } from "./metrics";
import { models } from "./texts";

export default function ModelPage({ params }: PageProps) {
  const t = models.useT();
  const name = params.name ?? "";
  const { query } = usePages("/models", { query: { limit: 500 } });
  return (
    <Page title={name} crumbs={[[t("title"), "/models"]]}>
      <Async
        query={query}
        height={480}
        empty={(found) => found.every((model) => model.name !== name)}
        emptyView={<Empty title={t("gone")} text={t("gone_text")} />}
      >
        {(found) =>
          found.filter((model) => model.name === name).map((model) => <Shown key={model.name} model={model} />)
        }
      </Async>
    </Page>
  );
}

function Shown({ model }: { model: Model }) {
  const t = models.useT();
  const [query, change] = useQueryPart();
  const asked = query.get("version");
  const version = model.versions.find((each) => each.version === asked) ?? model.versions[0];
  const me = useMe();
  const may = me.can("result.read") && me.can("job.read");
  const [figures, setFigures] = useState(false);
  const show = (
    <Button variant="default" onClick={() => setFigures(true)}>
      {t("chief.show")}
    </Button>
  );
  return (
    <>
      <Section title={t("versions")} lead={t("versions.lead")} actions={may && !figures ? show : undefined} flush>
        <Versions
          model={model}
          figures={figures}
          chosen={version?.version}
          onChoose={(next) => change({ version: next })}
        />
      </Section>
      {version !== undefined && <Version key={version.version} model={model.name} version={version} />}
      {version !== undefined && may && <CompareVersions key={version.version} model={model} version={version} />}
    </>
  );
}

interface VersionsProps {
  model: Model;
  /** Whether the chief figures are shown. */
  figures: boolean;
  chosen?: string;
  onChoose: (version: string) => void;
}

function Versions({ model, figures, chosen, onChoose }: VersionsProps) {
  const t = models.useT();
  const format = useFormat();
  const chief = useChiefColumns<ModelVersion>(useChief(model.versions, figures), (row) => row.job_id);
  const columns: Col<ModelVersion>[] = [
    {
      key: "version",
      title: t("version"),
      sort: (row) => row.created_at,
      cell: (row) => (
        <button
          type="button"
          className={styles.choose}
          aria-pressed={row.version === chosen}
          onClick={() => onChoose(row.version)}
        >
          {row.version}
        </button>
      ),
    },
    { key: "state", title: t("state"), sort: (row) => row.state, cell: (row) => <VersionState version={row} /> },
    {
      key: "integrity",
      title: t("integrity"),
      sort: (row) => row.integrity,
      cell: (row) => <Integrity of={row.integrity} />,
    },
    ...chief,
    { key: "saved", title: t("saved"), sort: (row) => row.created_at, cell: (row) => <Time at={row.created_at} /> },
    {
      key: "bytes",
      title: t("size"),
      align: "right",
      sort: (row) => row.bytes,
      cell: (row) => format.bytes(row.bytes),
    },
  ];
  return <DataTable caption={t("versions")} columns={columns} rows={model.versions} rowKey={(row) => row.version} />;
}

function Version({ model, version }: { model: string; version: ModelVersion }) {
  const t = models.useT();
  const kind = useKindTitle();
  const [metrics, setMetrics] = useState(false);
  return (
    <>
      {version.integrity === "changed" && (
        <Card tone="bad">
          <strong>{t("changed")}</strong> {t("changed_text")}
        </Card>
      )}
      <Section
        title={t("version.of", { version: version.version })}
        lead={t(`state.${version.state}.text`)}
        actions={<Acts model={model} version={version} />}
      >
        <KeyValue
          items={[
            [t("state"), <VersionState key="state" version={version} />],
            [t("integrity"), <Integrity key="integrity" of={version.integrity} />],
            [t("kind"), kind(version.kind)],
            version.changed_at !== null && [t("changed_at"), <Time key="at" at={version.changed_at} />],
            version.digest !== null && [t("digest"), <Hash key="digest" of={version.digest} what={t("digest")} />],
            version.model_id !== null && [
              t("model_id"),
              <Hash key="model" of={version.model_id} what={t("model_id")} />,
            ],
            version.transform_id !== null && [
              t("transform_id"),
              <Hash key="transform" of={version.transform_id} what={t("transform_id")} />,
            ],
          ]}
        />
      </Section>
      <Lineage version={version} metrics={metrics} onMetrics={() => setMetrics(true)} />
    </>
  );
}

function Hash({ of, what }: { of: string; what: string }) {
  return (
    <span className={styles.hash}>
      <code title={of}>{of.length > 24 ? `${of.slice(0, 20)}…` : of}</code>
      <Copy value={of} what={what} />
    </span>
  );
}
