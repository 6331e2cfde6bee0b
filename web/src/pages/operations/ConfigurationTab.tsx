/** How the node is set, and from where each value comes. It is changed in node.toml on its machine. */
import { useGet } from "../../api/hooks";
import type { NodeSetting } from "../../api/types";
import { useMe } from "../../core/session";
import { useW } from "../../core/texts";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { type Col, DataTable } from "../../ui/DataTable";
import { Section } from "../../ui/Section";
import styles from "./Operations.module.css";
import { operations } from "./texts";

const shown = (value: unknown): string =>
  value === null || value === undefined || value === ""
    ? "–"
    : typeof value === "string"
      ? value
      : JSON.stringify(value);

export function ConfigurationTab() {
  const t = operations.useT();
  const me = useMe();
  const w = useW();
  const query = useGet("/node/settings", undefined, { staleTime: 300_000 });
  const columns: Col<NodeSetting>[] = [
    {
      key: "name",
      title: t("setting"),
      sort: (row) => row.name,
      text: (row) => `${row.name} ${w(row.help)}`,
      cell: (row) => (
        <>
          <code>{row.name}</code>
          <div className={styles.soft}>{w(row.help)}</div>
        </>
      ),
    },
    { key: "value", title: t("value"), cell: (row) => <code className={styles.value}>{shown(row.value)}</code> },
    {
      key: "source",
      title: t("source"),
      sort: (row) => row.source,
      cell: (row) => <Badge tone={row.source === "default" ? "idle" : "info"}>{t(`source.${row.source}`)}</Badge>,
    },
    { key: "default", title: t("default"), cell: (row) => <code className={styles.value}>{shown(row.default)}</code> },
  ];
  return (
    <>
      <Section title={t("versions")}>
        <p className={styles.soft}>
          {t("version.both", { version: me.node?.version ?? "", protocol: `${me.node?.protocol_version ?? ""}` })}
        </p>
      </Section>
      <Section title={t("configuration")} lead={t("configuration.lead")}>
        <Async query={query} empty={() => false} height={420}>
          {(found) => (
            <DataTable
              caption={t("configuration")}
              columns={columns}
              rows={found.items}
              rowKey={(row) => row.name}
              filter
            />
          )}
        </Async>
      </Section>
    </>
  );
}
