/** Accounts at identity providers that sign this user in. */
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAct } from "../../api/hooks";
import type { UserDetail } from "../../api/types";
import { useMe } from "../../core/session";
import { type Col, DataTable } from "../../ui/DataTable";
import { Diagnostic, Time } from "../../ui/Diagnostic";
import { Section } from "../../ui/Section";
import styles from "./Settings.module.css";
import { settings } from "./texts";

type LinkShown = UserDetail["links"][number];

export function Links({ user }: { user: UserDetail }) {
  const t = settings.useT();
  const me = useMe();
  const remove = useAct("post", "/users/{name}/links/remove", {
    invalidates: ["/users/{name}"],
    success: t("link.removed"),
  });
  const columns: Col<LinkShown>[] = [
    { key: "issuer", title: t("link.issuer"), sort: (row) => row.issuer, cell: (row) => <code>{row.issuer}</code> },
    { key: "subject", title: t("link.subject"), sort: (row) => row.subject, cell: (row) => <code>{row.subject}</code> },
    {
      key: "since",
      title: t("user.created"),
      sort: (row) => row.created_at,
      cell: (row) => <Time at={row.created_at} how="date" />,
    },
    {
      key: "remove",
      title: t("actions"),
      hiddenTitle: true,
      align: "right",
      cell: ({ issuer, subject }) => (
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => remove.mutate({ path: { name: user.name }, body: { issuer, subject } })}
        >
          {t("link.remove")}
        </Button>
      ),
    },
  ];
  return (
    <Section title={t("links")} lead={t("links.lead")}>
      <div className={styles.form}>
        {user.links.length > 0 && (
          <DataTable
            caption={t("links")}
            columns={columns}
            rows={user.links}
            rowKey={(row) => `${row.issuer} ${row.subject}`}
          />
        )}
        {remove.error !== null && <Diagnostic problem={remove.error} compact />}
        {me.can("user.change") && <Add name={user.name} />}
      </div>
    </Section>
  );
}

function Add({ name }: { name: string }) {
  const t = settings.useT();
  const [issuer, setIssuer] = useState("");
  const [subject, setSubject] = useState("");
  const add = useAct("post", "/users/{name}/links", { invalidates: ["/users/{name}"], success: t("link.added") });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const done = (): void => {
      setIssuer("");
      setSubject("");
    };
    add.mutate({ path: { name }, body: { issuer: issuer.trim(), subject: subject.trim() } }, { onSuccess: done });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <div className={styles.pair}>
        <TextInput
          label={t("link.issuer")}
          description={t("link.issuer_help")}
          value={issuer}
          onChange={(event) => setIssuer(event.currentTarget.value)}
          required
        />
        <TextInput
          label={t("link.subject")}
          description={t("link.subject_help")}
          value={subject}
          onChange={(event) => setSubject(event.currentTarget.value)}
          required
        />
      </div>
      {add.error !== null && <Diagnostic problem={add.error} compact />}
      <div>
        <Button type="submit" variant="default" loading={add.isPending}>
          {t("link.add")}
        </Button>
      </div>
    </form>
  );
}
