/** Making an API client, and changing what it may do. */
import { Button, Checkbox, Group, NumberInput, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAct, useGet } from "../../api/hooks";
import type { ApiClient, ClientKey } from "../../api/types";
import { core, useW } from "../../core/texts";
import { DateField } from "../../dates/DateField";
import { dayOf, endOf } from "../../dates/days";
import { Diagnostic } from "../../ui/Diagnostic";
import { Dialog } from "../../ui/Dialog";
import styles from "./Settings.module.css";
import { groupsOf } from "./scopes";
import { settings } from "./texts";

export interface ClientDraft {
  note: string;
  scopes: string[];
  /** A day, "" for none. */
  expires: string;
  perMinute: number;
  perDay: number;
}

const FIRST: ClientDraft = { note: "", scopes: ["job.read"], expires: "", perMinute: 600, perDay: 100_000 };

export const draftOf = (client: ApiClient): ClientDraft => ({
  note: client.note,
  scopes: client.scopes,
  expires: dayOf(client.expires_at),
  perMinute: client.per_minute,
  perDay: client.per_day,
});

/** As the node takes it; a client lives to the end of its last day. */
export const bodyOf = (draft: ClientDraft) => ({
  note: draft.note,
  scopes: draft.scopes,
  expires_at: endOf(draft.expires) ?? undefined,
  per_minute: draft.perMinute,
  per_day: draft.perDay,
});

interface AddProps {
  opened: boolean;
  onClose: () => void;
  onMade: (client: ClientKey) => void;
}

export function AddClient({ opened, onClose, onMade }: AddProps) {
  const t = settings.useT();
  return (
    <Dialog opened={opened} onClose={onClose} title={t("client.add")} size="lg">
      <Form onClose={onClose} onMade={onMade} />
    </Dialog>
  );
}

function Form({ onClose, onMade }: Omit<AddProps, "opened">) {
  const t = settings.useT();
  const shared = core.useT();
  const [name, setName] = useState("");
  const [draft, setDraft] = useState(FIRST);
  const add = useAct("post", "/clients", { invalidates: ["/clients"] });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const made = (client: ClientKey): void => {
      onClose();
      onMade(client);
    };
    add.mutate({ body: { name: name.trim(), ...bodyOf(draft) } }, { onSuccess: made });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextInput
        label={t("client.name")}
        description={t("client.name_help")}
        value={name}
        pattern="[a-z][a-z0-9._-]{1,62}"
        onChange={(event) => setName(event.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
        required
        data-autofocus
      />
      <ClientFields draft={draft} onChange={setDraft} />
      {add.error !== null && <Diagnostic problem={add.error} compact />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {shared("cancel")}
        </Button>
        <Button type="submit" loading={add.isPending} disabled={draft.scopes.length === 0}>
          {t("client.add")}
        </Button>
      </Group>
    </form>
  );
}

interface FieldsProps {
  draft: ClientDraft;
  onChange: (draft: ClientDraft) => void;
  /** An expiry can be moved, but not taken away. */
  kept?: boolean;
}

export function ClientFields({ draft, onChange, kept = false }: FieldsProps) {
  const t = settings.useT();
  const change = (part: Partial<ClientDraft>): void => onChange({ ...draft, ...part });
  return (
    <>
      <Textarea
        label={t("client.note")}
        description={t("client.note_help")}
        value={draft.note}
        maxLength={500}
        autosize
        onChange={(event) => change({ note: event.currentTarget.value })}
      />
      <Scopes value={draft.scopes} onChange={(scopes) => change({ scopes })} />
      <div className={styles.pair}>
        <DateField
          label={t("client.expires")}
          description={t(kept ? "client.expires_kept" : "client.expires_help")}
          required={kept}
          value={draft.expires}
          onChange={(day) => change({ expires: day })}
        />
        <NumberInput
          label={t("client.per_minute")}
          description={t("client.quota_help")}
          min={1}
          max={100_000_000}
          value={draft.perMinute}
          onChange={(value) => change({ perMinute: Number(value) || 1 })}
        />
        <NumberInput
          label={t("client.per_day")}
          description={t("client.quota_help")}
          min={1}
          max={100_000_000}
          value={draft.perDay}
          onChange={(value) => change({ perDay: Number(value) || 1 })}
        />
      </div>
    </>
  );
}

/** What the key may do. A key never manages people and never approves: those actions are not offered. */
function Scopes({ value, onChange }: { value: string[]; onChange: (scopes: string[]) => void }) {
  const t = settings.useT();
  const w = useW();
  const access = useGet("/access", undefined, { staleTime: 300_000 }).data;
  const groups = groupsOf((access?.actions ?? []).filter((action) => action.scope));
  return (
    <Checkbox.Group
      label={t("client.scopes_count", { count: value.length })}
      description={t("client.scopes_help")}
      value={value}
      onChange={onChange}
      required
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section className={styles.scopes} tabIndex={0} aria-label={t("client.scopes")}>
        {groups.map(([area, actions]) => (
          <div key={area}>
            <p className={styles.group}>
              <code>{area}</code>
            </p>
            <div className={styles.scopeList}>
              {actions.map((action) => (
                <Checkbox
                  key={action.name}
                  value={action.name}
                  size="xs"
                  label={
                    <>
                      {w(action.title)} <code>{action.name}</code>
                    </>
                  }
                />
              ))}
            </div>
          </div>
        ))}
      </section>
    </Checkbox.Group>
  );
}
