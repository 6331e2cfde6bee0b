/** Models of which this node holds a piece. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { usePages } from "../../api/hooks";
import type { Model } from "../../api/types";
import { useFormat } from "../../core/format";
import { to } from "../../core/nav";
import { useMe } from "../../core/session";
import { Async, Empty } from "../../ui/Async";
import { type Col, DataTable } from "../../ui/DataTable";
import { Time } from "../../ui/Diagnostic";
import { Page } from "../../ui/Page";
import { useChiefColumns } from "./chief_columns";
import { useKindTitle } from "./kinds";
import { Integrity, VersionState } from "./marks";
import { type Chief, useChief } from "./metrics";
import { models } from "./texts";

/** Each costs three requests. */
const MOST = 50;

export default function Models() {
  const t = models.useT();
  const me = useMe();
  const { query, more, items } = usePages("/models");
  const [figures, setFigures] = useState(false);
  const newest = items.flatMap(({ versions }) => versions.slice(0, 1)).slice(0, MOST);
  const columns = useColumns(useChief(newest, figures));
  const show = me.can("result.read") && me.can("job.read") && newest.length > 0 && !figures && (
    <Button variant="default" title={t("chief.note")} onClick={() => setFigures(true)}>
      {t("chief.show")}
    </Button>
  );
  return (
    <Page title={t("title")} lead={t("lead")} help={<p>{t("help")}</p>} actions={show || undefined}>
      <Async query={query} emptyView={<Empty title={t("empty")} text={t("empty_text")} />}>
        {(rows) => (
          <DataTable
            caption={t("title")}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.name}
            rowHref={(row) => to.model(row.name)}
            onMore={more}
            filter
            sort="-saved"
          />
        )}
      </Async>
    </Page>
  );
}

function useColumns(found: ReadonlyMap<string, Chief>): Col<Model>[] {
  const t = models.useT();
  const format = useFormat();
  const kind = useKindTitle();
  const newest = (row: Model) => row.versions[0];
  const kindOf = (row: Model) => kind(newest(row)?.kind ?? "model");
  const chief = useChiefColumns<Model>(found, (row) => newest(row)?.job_id ?? null);
  return [
    { key: "name", title: t("model"), sort: (row) => row.name, cell: (row) => row.name },
    {
      key: "kind",
      title: t("kind"),
      sort: kindOf,
      cell: kindOf,
    },
    {
      key: "versions",
      title: t("versions"),
      align: "right",
      sort: (row) => row.versions.length,
      cell: (row) => format.number(row.versions.length),
    },
    {
      key: "released",
      title: t("released"),
      align: "right",
      sort: (row) => row.versions.filter((version) => version.state === "released").length,
      cell: (row) => format.number(row.versions.filter((version) => version.state === "released").length),
    },
    {
      key: "state",
      title: t("newest"),
      cell: (row) => {
        const version = newest(row);
        return version === undefined ? null : <VersionState version={version} />;
      },
    },
    {
      key: "integrity",
      title: t("integrity"),
      cell: (row) => <Integrity of={worst(row)} />,
    },
    ...chief,
    {
      key: "saved",
      title: t("saved"),
      sort: (row) => newest(row)?.created_at,
      cell: (row) => <Time at={newest(row)?.created_at} />,
    },
  ];
}

/** One changed file among many must not hide. */
export function worst(model: Model): Model["versions"][number]["integrity"] {
  const found = model.versions.map((version) => version.integrity);
  return found.includes("changed") ? "changed" : found.includes("unknown") ? "unknown" : "intact";
}
