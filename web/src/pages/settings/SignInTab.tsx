/** Ways to sign in at this node. Providers are set up in the node's own file, not from a browser. */
import { useGet } from "../../api/hooks";
import { Async, Empty } from "../../ui/Async";
import { Copy } from "../../ui/Copy";
import { type Col, DataTable } from "../../ui/DataTable";
import { Section } from "../../ui/Section";
import styles from "./Settings.module.css";
import { settings } from "./texts";

const SAMPLE = `[[oidc]]
name = "bank"
title = "Bank account"
issuer = "https://login.bank.example"
client_id = "tacit"
client_secret_file = "/var/lib/tacit/oidc.secret"
roles = { analysts = "data_scientist", owners = "data_owner" }
join = true
`;

interface Shown {
  name: string;
  title: string;
}

export function SignInTab() {
  const t = settings.useT();
  const query = useGet("/session/providers");
  const back = (name: string): string => new URL(`api/v1/session/oidc/${name}/callback`, document.baseURI).href;
  const columns: Col<Shown>[] = [
    { key: "name", title: t("provider.name"), sort: (row) => row.name, cell: (row) => <code>{row.name}</code> },
    { key: "title", title: t("provider.title"), cell: (row) => <span data-raw>{row.title}</span> },
    {
      key: "back",
      title: t("provider.redirect"),
      cell: (row) => (
        <>
          <code>{back(row.name)}</code> <Copy value={back(row.name)} what={t("provider.redirect")} />
        </>
      ),
    },
  ];
  return (
    <>
      <Section title={t("ways")} lead={t("ways.lead")}>
        <ul className={styles.hint}>
          <li>{t("ways.password")}</li>
          <li>{t("ways.code")}</li>
          <li>{t("ways.token")}</li>
        </ul>
      </Section>
      <Section title={t("providers")} lead={t("providers.lead")} flush>
        <Async
          query={query}
          empty={(found) => found.items.length === 0}
          emptyView={<Empty title={t("providers.empty")} text={t("providers.empty_text")} />}
        >
          {(found) => (
            <DataTable caption={t("providers")} columns={columns} rows={found.items} rowKey={(row) => row.name} />
          )}
        </Async>
      </Section>
      <Section
        title={t("providers.add")}
        lead={t("providers.add_lead")}
        actions={<Copy value={SAMPLE} what={t("providers.copy")} label />}
      >
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
        <section className={styles.code} tabIndex={0} aria-label={t("providers.add")}>
          <pre data-raw>{SAMPLE}</pre>
        </section>
      </Section>
    </>
  );
}
