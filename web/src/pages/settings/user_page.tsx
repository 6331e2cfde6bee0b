/** One user: roles, ways in, sessions. */
import { Button, Group, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAct, useGet } from "../../api/hooks";
import type { OneTimeCode, UserDetail } from "../../api/types";
import { go } from "../../core/location";
import type { PageProps } from "../../core/nav";
import { notify } from "../../core/notify";
import { useMe } from "../../core/session";
import { Async } from "../../ui/Async";
import { Confirm } from "../../ui/Confirm";
import { Diagnostic, Time } from "../../ui/Diagnostic";
import { KeyValue } from "../../ui/KeyValue";
import { Page } from "../../ui/Page";
import { Card, Section } from "../../ui/Section";
import { CodeOnce } from "./CodeOnce";
import { Links } from "./Links";
import { RoleChoice } from "./RoleChoice";
import { Sessions } from "./Sessions";
import styles from "./Settings.module.css";
import { settings } from "./texts";
import { UserState } from "./UsersTab";

const STALE = ["/users", "/users/{name}"] as const;

export default function UserPage({ params }: PageProps) {
  const t = settings.useT();
  const name = params.name ?? "";
  const query = useGet("/users/{name}", { path: { name } });
  const user = query.data;
  return (
    <Page
      title={user?.display_name || name}
      crumbs={[
        [t("title"), "/settings"],
        [t("users"), "/settings?tab=users"],
      ]}
      badges={user !== undefined && <UserState user={user} />}
      actions={user !== undefined && <Acts user={user} />}
    >
      <Async query={query} height={420}>
        {(found) => (
          <>
            <Section title={t("user.who")}>
              <KeyValue
                items={[
                  [t("user.name"), <strong key="name">{found.name}</strong>],
                  [t("user.origin"), found.origin === "local" ? t("user.local") : found.origin],
                  [t("user.created"), <Time key="created" at={found.created_at} how="date" />],
                  [t("user.signed_in"), <Time key="seen" at={found.signed_in_at} />],
                ]}
              />
            </Section>
            <Change key={`${found.roles.join()} ${found.display_name}`} user={found} />
            <Links user={found} />
            <UserSessions user={found} />
          </>
        )}
      </Async>
    </Page>
  );
}

function Acts({ user }: { user: UserDetail }) {
  const t = settings.useT();
  const me = useMe();
  const [code, setCode] = useState<OneTimeCode>();
  const [asking, setAsking] = useState<"reset" | "remove" | "disable">();
  const path = { name: user.name };
  const codes = useAct("post", "/users/{name}/codes", { invalidates: [...STALE] });
  const change = useAct("patch", "/users/{name}", { invalidates: [...STALE], success: t("user.changed") });
  const remove = useAct("delete", "/users/{name}", { invalidates: ["/users"], success: t("user.removed") });
  const give = async (reset: boolean): Promise<void> => setCode(await codes.mutateAsync({ path, body: { reset } }));
  const done = {
    reset: () => give(true),
    disable: () => change.mutateAsync({ path, body: { disabled: true } }),
    remove: async () => {
      await remove.mutateAsync({ path });
      go("/settings?tab=users");
    },
  };
  if (!me.can("user.change")) return null;
  return (
    <>
      <Button
        variant="default"
        loading={codes.isPending}
        onClick={() => void give(false).catch(() => notify({ tone: "bad", text: t("code.failed") }))}
      >
        {t("code.give")}
      </Button>
      <Button variant="default" onClick={() => setAsking("reset")}>
        {t("code.reset")}
      </Button>
      {user.disabled ? (
        <Button
          variant="default"
          loading={change.isPending}
          onClick={() => change.mutate({ path, body: { disabled: false } })}
        >
          {t("user.enable")}
        </Button>
      ) : (
        <Button variant="default" onClick={() => setAsking("disable")}>
          {t("user.disable")}
        </Button>
      )}
      {me.can("user.remove") && (
        <Button variant="default" className={styles.danger} onClick={() => setAsking("remove")}>
          {t("user.remove")}
        </Button>
      )}
      {asking !== undefined && (
        <Confirm
          opened
          onClose={() => setAsking(undefined)}
          title={t(`ask.${asking}`, { name: user.name })}
          text={t(`ask.${asking}.text`)}
          label={t(`ask.${asking}.do`)}
          danger
          typeToConfirm={asking === "remove" ? user.name : undefined}
          onConfirm={done[asking]}
        />
      )}
      {code !== undefined && <CodeOnce code={code} onClose={() => setCode(undefined)} />}
    </>
  );
}

function Change({ user }: { user: UserDetail }) {
  const t = settings.useT();
  const me = useMe();
  const [display, setDisplay] = useState(user.display_name);
  const [roles, setRoles] = useState(user.roles);
  const change = useAct("patch", "/users/{name}", { invalidates: [...STALE], success: t("user.changed") });
  const same = display === user.display_name && [...roles].sort().join() === [...user.roles].sort().join();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change.mutate({ path: { name: user.name }, body: { display_name: display, roles } });
  };
  return (
    <Section title={t("user.may")} lead={t("user.may_lead")}>
      <form className={styles.form} onSubmit={submit}>
        {user.origin !== "local" && <Card tone="info">{t("user.roles_from", { provider: user.origin })}</Card>}
        <TextInput
          className={styles.narrow}
          label={t("user.display_name")}
          value={display}
          onChange={(event) => setDisplay(event.currentTarget.value)}
        />
        <RoleChoice value={roles} onChange={setRoles} />
        {change.error !== null && <Diagnostic problem={change.error} compact />}
        {me.can("user.change") && (
          <Group>
            <Button type="submit" disabled={same || roles.length === 0} loading={change.isPending}>
              {t("save")}
            </Button>
          </Group>
        )}
      </form>
    </Section>
  );
}

function UserSessions({ user }: { user: UserDetail }) {
  const t = settings.useT();
  const me = useMe();
  const end = useAct("delete", "/users/{name}/sessions", { invalidates: [...STALE], success: t("sessions.ended") });
  return (
    <Section
      title={t("sessions.of")}
      flush
      actions={
        me.can("user.change") && user.sessions.length > 0 ? (
          <Button variant="default" loading={end.isPending} onClick={() => end.mutate({ path: { name: user.name } })}>
            {t("sessions.end_all")}
          </Button>
        ) : undefined
      }
    >
      <Sessions rows={user.sessions} />
    </Section>
  );
}
