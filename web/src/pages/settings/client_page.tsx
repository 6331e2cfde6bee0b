/** One API client: scopes, quota, expiry, key. */
import { Button, Group } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Actor } from "../../actors/Actor";
import { useAct, useGet } from "../../api/hooks";
import type { ApiClient, ClientKey } from "../../api/types";
import { useFormat } from "../../core/format";
import { go } from "../../core/location";
import type { PageProps } from "../../core/nav";
import { useMe } from "../../core/session";
import { Async } from "../../ui/Async";
import { Confirm } from "../../ui/Confirm";
import { Diagnostic, Time } from "../../ui/Diagnostic";
import { KeyValue } from "../../ui/KeyValue";
import { Page } from "../../ui/Page";
import { Section } from "../../ui/Section";
import { bodyOf, ClientFields, draftOf } from "./ClientForm";
import { ClientState } from "./ClientsTab";
import { KeyOnce } from "./KeyOnce";
import styles from "./Settings.module.css";
import { settings } from "./texts";

const STALE = ["/clients", "/clients/{name}"] as const;

export default function ClientPage({ params }: PageProps) {
  const t = settings.useT();
  const format = useFormat();
  const name = params.name ?? "";
  const query = useGet("/clients/{name}", { path: { name } });
  const client = query.data;
  return (
    <Page
      title={name}
      crumbs={[
        [t("title"), "/settings"],
        [t("clients"), "/settings?tab=clients"],
      ]}
      badges={client !== undefined && <ClientState client={client} />}
      actions={client !== undefined && <Acts client={client} />}
    >
      <Async query={query} height={420}>
        {(found) => (
          <>
            <Section title={t("client.facts")}>
              <KeyValue
                items={[
                  [t("client.id"), <code key="id">{found.id}</code>],
                  [t("client.by"), <Actor key="by" of={found.created_by} />],
                  [t("user.created"), <Time key="created" at={found.created_at} how="date" />],
                  [t("client.used"), <Time key="used" at={found.used_at} />],
                  [t("client.calls"), `${format.number(found.calls_today)} / ${format.number(found.per_day)}`],
                  [t("client.expires"), <Time key="expires" at={found.expires_at} />],
                ]}
              />
            </Section>
            <Change key={JSON.stringify(draftOf(found))} client={found} />
          </>
        )}
      </Async>
    </Page>
  );
}

function Change({ client }: { client: ApiClient }) {
  const t = settings.useT();
  const me = useMe();
  const [draft, setDraft] = useState(draftOf(client));
  const change = useAct("patch", "/clients/{name}", { invalidates: [...STALE], success: t("client.changed") });
  const same = JSON.stringify(draft) === JSON.stringify(draftOf(client));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change.mutate({ path: { name: client.name }, body: bodyOf(draft) });
  };
  return (
    <Section title={t("client.may")} lead={t("client.may_lead")}>
      <form className={styles.form} onSubmit={submit}>
        <ClientFields draft={draft} onChange={setDraft} kept={client.expires_at !== null} />
        {change.error !== null && <Diagnostic problem={change.error} compact />}
        {me.can("client.change") && client.state !== "revoked" && (
          <Group>
            <Button type="submit" disabled={same || draft.scopes.length === 0} loading={change.isPending}>
              {t("save")}
            </Button>
          </Group>
        )}
      </form>
    </Section>
  );
}

type Asked = "renew" | "revoke" | "remove_client";

function Acts({ client }: { client: ApiClient }) {
  const t = settings.useT();
  const me = useMe();
  const [asking, setAsking] = useState<Asked>();
  const [made, setMade] = useState<ClientKey>();
  const path = { name: client.name };
  const renew = useAct("post", "/clients/{name}/renew", { invalidates: [...STALE] });
  const revoke = useAct("post", "/clients/{name}/revoke", {
    invalidates: [...STALE],
    success: t("client.revoked_now"),
  });
  const remove = useAct("delete", "/clients/{name}", { invalidates: ["/clients"], success: t("client.removed") });
  const done: Record<Asked, () => Promise<unknown>> = {
    renew: async () => setMade(await renew.mutateAsync({ path })),
    revoke: () => revoke.mutateAsync({ path }),
    remove_client: async () => {
      await remove.mutateAsync({ path });
      go("/settings?tab=clients");
    },
  };
  return (
    <>
      {me.can("client.change") && (
        <Button variant="default" onClick={() => setAsking("renew")}>
          {t("client.renew")}
        </Button>
      )}
      {me.can("client.change") && client.state === "active" && (
        <Button variant="default" onClick={() => setAsking("revoke")}>
          {t("client.revoke")}
        </Button>
      )}
      {me.can("client.remove") && (
        <Button variant="default" className={styles.danger} onClick={() => setAsking("remove_client")}>
          {t("client.remove")}
        </Button>
      )}
      {asking !== undefined && (
        <Confirm
          opened
          onClose={() => setAsking(undefined)}
          title={t(`ask.${asking}`, { name: client.name })}
          text={t(`ask.${asking}.text`)}
          label={t(`ask.${asking}.do`)}
          danger
          onConfirm={done[asking]}
        />
      )}
      {made !== undefined && <KeyOnce client={made} onClose={() => setMade(undefined)} />}
    </>
  );
}
