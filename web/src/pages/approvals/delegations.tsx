/** Who may decide in whose name, and until when. */
import { Button, Checkbox, Group, MultiSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useRoleName } from "../../actors/Actor";
import { useAct, usePages } from "../../api/hooks";
import type { Delegation } from "../../api/types";
import { Can } from "../../core/permissions";
import { useMe } from "../../core/session";
import { core } from "../../core/texts";
import { DateField } from "../../dates/DateField";
import { endOf, startOf } from "../../dates/days";
import { Async, Empty } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { Confirm } from "../../ui/Confirm";
import { type Col, DataTable } from "../../ui/DataTable";
import { Diagnostic, Time } from "../../ui/Diagnostic";
import { Dialog } from "../../ui/Dialog";
import { Page } from "../../ui/Page";
import styles from "./Rules.module.css";
import { approvals } from "./texts";
import { KINDS, type KindName } from "./words";

export default function Delegations() {
  const t = approvals.useT();
  const me = useMe();
  const { more, query } = usePages("/delegations");
  const [giving, setGiving] = useState(false);
  const [ending, setEnding] = useState<Delegation>();
  const revoke = useAct("post", "/delegations/{delegation}/revoke", {
    invalidates: ["/delegations"],
    success: t("delegation.ended"),
  });
  const columns = useColumns(me.can("delegation.revoke") ? setEnding : undefined);
  const give = (
    <Can action="delegation.give">
      <Button onClick={() => setGiving(true)}>{t("delegation.give")}</Button>
    </Can>
  );
  return (
    <Page
      title={t("delegations.title")}
      lead={t("delegations.lead")}
      crumbs={[[t("title"), "/approvals"]]}
      actions={give}
    >
      <Async query={query} emptyView={<Empty title={t("delegations.empty")} text={t("delegations.empty_text")} />}>
        {(rows) => (
          <DataTable
            caption={t("delegations.title")}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            onMore={more}
            sort="-until"
          />
        )}
      </Async>
      <GiveForm opened={giving} onClose={() => setGiving(false)} />
      <Confirm
        opened={ending !== undefined}
        onClose={() => setEnding(undefined)}
        title={t("delegation.end")}
        text={t("delegation.end_text", { delegate: ending?.delegate ?? "", delegator: ending?.delegator ?? "" })}
        label={t("delegation.end")}
        danger
        onConfirm={() => revoke.mutateAsync({ path: { delegation: ending?.id ?? "" } })}
      />
    </Page>
  );
}

function useColumns(onEnd: ((delegation: Delegation) => void) | undefined): Col<Delegation>[] {
  const t = approvals.useT();
  const role = useRoleName();
  const kinds = (row: Delegation): string =>
    row.kinds.length === 0 ? t("kind.all") : row.kinds.map((kind) => t(`kind.${kind satisfies KindName}`)).join(", ");
  return [
    {
      key: "delegate",
      title: t("delegation.delegate"),
      sort: (row) => row.delegate,
      cell: (row) => <strong>{row.delegate}</strong>,
    },
    { key: "delegator", title: t("delegation.for"), sort: (row) => row.delegator, cell: (row) => row.delegator },
    { key: "roles", title: t("delegation.roles"), cell: (row) => row.roles.map(role).join(", ") },
    { key: "kinds", title: t("delegation.kinds"), cell: kinds },
    {
      key: "from",
      title: t("delegation.from"),
      sort: (row) => row.from_at,
      cell: (row) => <Time at={row.from_at} how="date" />,
    },
    {
      key: "until",
      title: t("delegation.until"),
      sort: (row) => row.until,
      cell: (row) => <Time at={row.until} how="date" />,
    },
    {
      key: "state",
      title: t("state"),
      sort: (row) => Number(row.active),
      cell: (row) => (
        <Badge tone={row.active ? "ok" : "idle"}>
          {t(row.active ? "delegation.active" : row.revoked_at === null ? "delegation.inactive" : "delegation.revoked")}
        </Badge>
      ),
    },
    { key: "note", title: t("note"), cell: (row) => <span data-raw>{row.note}</span> },
    {
      key: "act",
      title: t("actions"),
      hiddenTitle: true,
      align: "right",
      cell: (row) =>
        onEnd !== undefined && row.revoked_at === null ? (
          <Button variant="default" size="compact-sm" onClick={() => onEnd(row)}>
            {t("delegation.end")}
          </Button>
        ) : null,
    },
  ];
}

function GiveForm({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = approvals.useT();
  return (
    <Dialog opened={opened} onClose={onClose} title={t("delegation.give")}>
      <Form onClose={onClose} />
    </Dialog>
  );
}

const DECIDING = ["compliance_officer", "data_owner", "administrator"];

function Form({ onClose }: { onClose: () => void }) {
  const t = approvals.useT();
  const shared = core.useT();
  const me = useMe();
  const role = useRoleName();
  const own = me.roles.filter((each) => DECIDING.includes(each));
  const [delegate, setDelegate] = useState("");
  const [roles, setRoles] = useState<string[]>(own.slice(0, 1));
  const [kinds, setKinds] = useState<KindName[]>([]);
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState("");
  const [note, setNote] = useState("");
  const give = useAct("post", "/delegations", { invalidates: ["/delegations"], success: t("delegation.given") });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const from_at = startOf(from) ?? undefined;
    give.mutate({ body: { delegate, roles, kinds, from_at, until: endOf(until) ?? "", note } }, { onSuccess: onClose });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <p className={styles.hint}>{t("delegation.hint")}</p>
      <TextInput
        label={t("delegation.delegate")}
        description={t("delegation.delegate_help")}
        value={delegate}
        onChange={(event) => setDelegate(event.currentTarget.value)}
        autoComplete="off"
        required
        data-autofocus
      />
      <Checkbox.Group label={t("delegation.roles")} value={roles} onChange={setRoles} required>
        <Group mt="xs">
          {own.map((each) => (
            <Checkbox key={each} value={each} label={role(each)} />
          ))}
        </Group>
      </Checkbox.Group>
      <MultiSelect
        label={t("delegation.kinds")}
        data={KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
        value={kinds}
        onChange={(names) => setKinds(KINDS.filter((kind) => names.includes(kind)))}
        placeholder={kinds.length === 0 ? t("kind.all") : undefined}
        clearable
      />
      <div className={styles.pair}>
        <DateField
          label={t("delegation.from")}
          description={t("delegation.from_help")}
          value={from}
          onChange={(day) => setFrom(day)}
        />
        <DateField
          label={t("delegation.until")}
          description={t("delegation.until_help")}
          value={until}
          onChange={(day) => setUntil(day)}
          required
        />
      </div>
      <TextInput
        label={t("note")}
        value={note}
        maxLength={500}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      {give.error !== null && <Diagnostic problem={give.error} compact />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {shared("cancel")}
        </Button>
        <Button type="submit" loading={give.isPending} disabled={roles.length === 0}>
          {t("delegation.give")}
        </Button>
      </Group>
    </form>
  );
}
