/** The flows that this node keeps. */
import { ActionIcon, Button } from "@mantine/core";
import IconPlus from "@tabler/icons-react/dist/esm/icons/IconPlus.mjs";
import IconTrash from "@tabler/icons-react/dist/esm/icons/IconTrash.mjs";
import { type ReactNode, useState } from "react";
import { Actor } from "../../actors/Actor";
import { actorOf } from "../../actors/actor";
import { useAgreementNames } from "../../api/agreement_names";
import { act, usePages } from "../../api/hooks";
import { queries } from "../../api/queries";
import type { FlowDraftSummary } from "../../api/types";
import { useFormat } from "../../core/format";
import { to } from "../../core/nav";
import { Can } from "../../core/permissions";
import { useMe } from "../../core/session";
import { useW } from "../../core/texts";
import { forget } from "../../flow/open";
import { flow } from "../../flow/texts";
import { Async, Empty } from "../../ui/Async";
import { Confirm } from "../../ui/Confirm";
import { type Col, DataTable } from "../../ui/DataTable";
import { Link } from "../../ui/Link";
import { Page } from "../../ui/Page";

export default function Flows() {
  const t = flow.useT();
  const { query, more } = usePages("/flows");
  const [removing, setRemoving] = useState<FlowDraftSummary>();
  const columns = useColumns(setRemoving);
  return (
    <Page title={t("title")} lead={t("lead")} actions={<NewFlow />}>
      <Async query={query} emptyView={<Empty title={t("list.none")} text={t("list.none.text")} action={<NewFlow />} />}>
        {(rows) => (
          <DataTable
            caption={t("title")}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            rowHref={(row) => to.flow(row.id)}
            onMore={more}
            filter
            sort="-updated"
          />
        )}
      </Async>
      {removing !== undefined && <Remove draft={removing} onClose={() => setRemoving(undefined)} />}
    </Page>
  );
}

function NewFlow() {
  const t = flow.useT();
  return (
    <Can action="flow.write">
      <Button component={Link} href="/flows/new" leftSection={<IconPlus size={16} aria-hidden />}>
        {t("list.new")}
      </Button>
    </Can>
  );
}

function useColumns(remove: (draft: FlowDraftSummary) => void): Col<FlowDraftSummary>[] {
  const t = flow.useT();
  const w = useW();
  const me = useMe();
  const format = useFormat();
  const agreements = useAgreementNames();
  const nameOf = (agreement: string): string => agreements.get(agreement) ?? agreement;
  const titleOf = (row: FlowDraftSummary): string => w(row.title as never) || row.name;
  const columns: Col<FlowDraftSummary>[] = [
    { key: "name", title: t("list.name"), cell: titleOf, sort: titleOf, text: (row) => `${titleOf(row)} ${row.name}` },
    { key: "steps", title: t("list.steps"), cell: (row) => row.steps, sort: (row) => row.steps, align: "right" },
    {
      key: "agreement",
      title: t("list.agreement"),
      cell: (row) =>
        row.agreement === null ? "–" : <Link href={to.agreement(row.agreement)}>{nameOf(row.agreement)}</Link>,
      sort: (row) => row.agreement && nameOf(row.agreement),
    },
    {
      key: "by",
      title: t("list.by"),
      cell: (row) => <Actor of={row.updated_by} />,
      text: (row) => actorOf(row.updated_by).name,
      sort: (row) => row.updated_by,
    },
    {
      key: "updated",
      title: t("list.updated"),
      cell: (row) => format.ago(row.updated_at),
      sort: (row) => row.updated_at,
      tight: true,
    },
  ];
  if (!me.can("flow.remove")) return columns;
  const cell = (row: FlowDraftSummary): ReactNode => (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={t("list.remove.of", { name: row.name })}
      onClick={() => remove(row)}
    >
      <IconTrash size={16} aria-hidden />
    </ActionIcon>
  );
  return [...columns, { key: "remove", title: t("list.remove"), hiddenTitle: true, cell }];
}

function Remove({ draft, onClose }: { draft: FlowDraftSummary; onClose: () => void }) {
  const t = flow.useT();
  return (
    <Confirm
      opened
      danger
      onClose={onClose}
      title={t("list.remove.title", { name: draft.name })}
      text={t("list.remove.text")}
      label={t("list.remove")}
      onConfirm={async () => {
        await act("delete", "/flows/{draft}", { path: { draft: draft.id } });
        forget(draft.id);
        await queries.invalidateQueries({ queryKey: ["/flows"] });
      }}
    />
  );
}
