/** The people who may use this node. */
import { Button, Group, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useRoleName } from "../../actors/Actor";
import { act, useAct, usePages } from "../../api/hooks";
import type { OneTimeCode, User } from "../../api/types";
import { notify } from "../../core/notify";
import { Can } from "../../core/permissions";
import { core } from "../../core/texts";
import { Async, Empty } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { type Col, DataTable } from "../../ui/DataTable";
import { Diagnostic, Time } from "../../ui/Diagnostic";
import { Dialog } from "../../ui/Dialog";
import { Section } from "../../ui/Section";
import { CodeOnce } from "./CodeOnce";
import { RoleChoice } from "./RoleChoice";
import styles from "./Settings.module.css";
import { settings } from "./texts";

export const userPlace = (name: string): string => `/settings/users/${encodeURIComponent(name)}`;

export function UsersTab() {
  const t = settings.useT();
  const { query, more } = usePages("/users");
  const columns = useColumns();
  const [adding, setAdding] = useState(false);
  const [code, setCode] = useState<OneTimeCode>();
  return (
    <Section
      title={t("users")}
      lead={t("users.lead")}
      actions={
        <Can action="user.add">
          <Button onClick={() => setAdding(true)}>{t("user.add")}</Button>
        </Can>
      }
    >
      <Async query={query} emptyView={<Empty title={t("users.empty")} text={t("users.empty_text")} />}>
        {(rows) => (
          <DataTable
            caption={t("users")}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.name}
            rowHref={(row) => userPlace(row.name)}
            onMore={more}
            sort="name"
            filter
          />
        )}
      </Async>
      <AddUser opened={adding} onClose={() => setAdding(false)} onCode={setCode} />
      {code !== undefined && <CodeOnce code={code} onClose={() => setCode(undefined)} />}
    </Section>
  );
}

/** How somebody stands: disabled, has to set a password, active. */
export function UserState({ user }: { user: User }) {
  const t = settings.useT();
  if (user.disabled) return <Badge tone="idle">{t("user.disabled")}</Badge>;
  if (user.must_change || (!user.has_password && user.origin === "local")) {
    return <Badge tone="warn">{t("user.must_change")}</Badge>;
  }
  return <Badge tone="ok">{t("user.active")}</Badge>;
}

function useColumns(): Col<User>[] {
  const t = settings.useT();
  const role = useRoleName();
  return [
    { key: "name", title: t("user.name"), sort: (row) => row.name, cell: (row) => row.name },
    {
      key: "display",
      title: t("user.display_name"),
      sort: (row) => row.display_name,
      cell: (row) => <span data-raw>{row.display_name}</span>,
    },
    {
      key: "roles",
      title: t("user.roles"),
      text: (row) => row.roles.map(role).join(" "),
      cell: (row) => row.roles.map(role).join(", "),
    },
    { key: "state", title: t("state"), cell: (row) => <UserState user={row} /> },
    {
      key: "origin",
      title: t("user.origin"),
      sort: (row) => row.origin,
      cell: (row) => (row.origin === "local" ? t("user.local") : row.origin),
    },
    {
      key: "seen",
      title: t("user.signed_in"),
      sort: (row) => row.signed_in_at,
      cell: (row) => <Time at={row.signed_in_at} how="ago" />,
    },
  ];
}

interface AddProps {
  opened: boolean;
  onClose: () => void;
  onCode: (code: OneTimeCode) => void;
}

function AddUser({ opened, onClose, onCode }: AddProps) {
  const t = settings.useT();
  return (
    <Dialog opened={opened} onClose={onClose} title={t("user.add")} size="lg">
      <Form onClose={onClose} onCode={onCode} />
    </Dialog>
  );
}

function Form({ onClose, onCode }: Omit<AddProps, "opened">) {
  const t = settings.useT();
  const shared = core.useT();
  const [name, setName] = useState("");
  const [display, setDisplay] = useState("");
  const [roles, setRoles] = useState<string[]>([]);
  const add = useAct("post", "/users", { invalidates: ["/users"] });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const body = { name: name.trim(), display_name: display.trim(), roles, must_change: true };
    add.mutate(
      { body },
      {
        onSuccess: async (user) => {
          onClose();
          await act("post", "/users/{name}/codes", { path: { name: user.name }, body: { reset: false } }).then(
            onCode,
            () => notify({ tone: "bad", text: t("code.failed") }),
          );
        },
      },
    );
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <div className={styles.pair}>
        <TextInput
          label={t("user.name")}
          description={t("user.name_help")}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
          required
          data-autofocus
        />
        <TextInput
          label={t("user.display_name")}
          description={t("user.display_help")}
          value={display}
          onChange={(event) => setDisplay(event.currentTarget.value)}
          autoComplete="off"
        />
      </div>
      <RoleChoice value={roles} onChange={setRoles} />
      {add.error !== null && <Diagnostic problem={add.error} compact />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {shared("cancel")}
        </Button>
        <Button type="submit" loading={add.isPending} disabled={roles.length === 0}>
          {t("user.add")}
        </Button>
      </Group>
    </form>
  );
}
