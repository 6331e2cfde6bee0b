/** Which role may do what: every action of the API. */
import { useRoleName } from "../../actors/Actor";
import { useGet } from "../../api/hooks";
import type { ActionShown } from "../../api/types";
import { IconCheck } from "../../core/icons";
import { useMe } from "../../core/session";
import { core, useW } from "../../core/texts";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { type Col, DataTable } from "../../ui/DataTable";
import { Section } from "../../ui/Section";
import { settings } from "./texts";

const ROLES = ["administrator", "data_owner", "data_scientist", "compliance_officer", "operator", "auditor"];

export function RolesTab() {
  const t = settings.useT();
  const query = useGet("/access", undefined, { staleTime: 300_000 });
  const columns = useColumns();
  return (
    <Section title={t("roles")} lead={t("roles.lead")}>
      <Async query={query} empty={() => false} height={480}>
        {(access) => (
          <DataTable caption={t("roles")} columns={columns} rows={access.actions} rowKey={(row) => row.name} filter />
        )}
      </Async>
    </Section>
  );
}

function useColumns(): Col<ActionShown>[] {
  const t = settings.useT();
  const w = useW();
  const role = useRoleName();
  const me = useMe();
  return [
    {
      key: "action",
      title: t("action"),
      sort: (row) => row.name,
      text: (row) => `${row.name} ${row.title.en} ${row.title.zh}`,
      cell: (row) => (
        <>
          {w(row.title)} <code>{row.name}</code>
        </>
      ),
    },
    {
      key: "kind",
      title: t("action.kind"),
      sort: (row) => Number(row.changes),
      cell: (row) => (
        <Badge tone={row.changes ? "warn" : "idle"}>{t(row.changes ? "action.changes" : "action.reads")}</Badge>
      ),
    },
    ...ROLES.map(
      (name): Col<ActionShown> => ({
        key: name,
        title: me.roles.includes(name) ? t("role.yours", { role: role(name) }) : role(name),
        sort: (row) => Number(row.roles.includes(name)),
        cell: (row) => <Mark on={row.roles.includes(name)} />,
      }),
    ),
    {
      key: "scope",
      title: t("action.scope"),
      sort: (row) => Number(row.scope),
      cell: (row) => <Mark on={row.scope} />,
    },
  ];
}

function Mark({ on }: { on: boolean }) {
  const t = core.useT();
  return on ? <IconCheck size={18} role="img" aria-label={t("yes")} /> : <span aria-hidden>–</span>;
}
