/** Second: does the node get in? If not, where did it end, and the form to mend it. */
import { Button, Group } from "@mantine/core";
import { useEffect, useState } from "react";
import { useAct, useGet } from "../../../api/hooks";
import type { Connection, TestOutcome } from "../../../api/types";
import { useFormat } from "../../../core/format";
import { useMe } from "../../../core/session";
import { Async, Loading } from "../../../ui/Async";
import { Badge } from "../../../ui/Badge";
import { Diagnostic } from "../../../ui/Diagnostic";
import { KeyValue } from "../../../ui/KeyValue";
import { Section } from "../../../ui/Section";
import { data } from "../texts";
import { ConnectionForm } from "./ConnectionForm";
import { isDatabase, type KindName, parted, placeOf, splitValues, type Values, valuesOf } from "./kinds";
import type { StageProps } from "./page";

export function TestStage({ plan, change }: StageProps) {
  const name = plan.connection ?? "";
  const connection = useGet("/connections/{name}", { path: { name } });
  return <Async query={connection}>{(one) => <Tested connection={one} plan={plan} change={change} />}</Async>;
}

function Tested({ connection, change }: StageProps & { connection: Connection }) {
  const t = data.useT();
  const me = useMe();
  const path = { name: connection.name };
  const test = useAct("post", "/connections/{name}/test", { invalidates: ["/connections"] });
  const { mutate } = test;
  const [mending, setMending] = useState(false);
  const mends = me.can("source.change") && (mending || test.data?.ok === false) && !test.isPending;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each form of the connection
  useEffect(() => mutate({ path }), [connection.name, connection.changed_at]);
  const ahead = (
    <Group mt="lg">
      <Button onClick={() => change({ stage: "choose", kind: connection.kind })} disabled={!test.data?.ok}>
        {t("next")}
      </Button>
      <Button variant="default" loading={test.isPending} onClick={() => mutate({ path })}>
        {t("test.again")}
      </Button>
      {test.data?.ok === true && !mending && me.can("source.change") && (
        <Button variant="subtle" onClick={() => setMending(true)}>
          {t("test.change")}
        </Button>
      )}
    </Group>
  );
  return (
    <Section title={t("test.title", { name: connection.name })} lead={placeOf(connection)}>
      {test.isPending && <Loading height={80} />}
      {test.error && <Diagnostic problem={test.error} compact />}
      {test.data !== undefined && !test.isPending && <Outcome outcome={test.data} kind={connection.kind} />}
      {mends && <Mend connection={connection} onFile={(file) => change({ file })} />}
      {ahead}
    </Section>
  );
}

function Outcome({ outcome, kind }: { outcome: TestOutcome; kind: string }) {
  const t = data.useT();
  const format = useFormat();
  if (!outcome.ok) {
    const { code, message, hint } = outcome;
    return <Diagnostic problem={{ code: code ?? "", message: message ?? "", hint }} />;
  }
  const well = (
    <Badge key="ok" tone="ok">
      {t(kind === "folder" ? "test.folder" : "test.ok")}
    </Badge>
  );
  if (kind === "folder") return <KeyValue items={[[t("test.result"), well]]} />;
  const answers = isDatabase(kind);
  return (
    <KeyValue
      items={[
        [t("test.result"), well],
        outcome.server !== null && [t(answers ? "test.server" : "test.there"), <Answer key="by" of={outcome.server} />],
        [t("test.took"), format.seconds(outcome.took_ms / 1000)],
      ]}
    />
  );
}

/** A database says what it is; of a store and of a web server the node tells how much is there. */
function Answer({ of: server }: { of: string }) {
  const t = data.useT();
  const format = useFormat();
  const [, count, unit] = /^(\d+) (objects|bytes)$/.exec(server) ?? [];
  if (unit === "bytes") return format.bytes(Number(count));
  return unit === "objects" ? t("test.objects", { count: Number(count) }) : server;
}

/** New options need the secrets again: nobody can send a credential that they do not know to a server of their own. */
function Mend({ connection, onFile }: { connection: Connection; onFile: (file: string) => void }) {
  const t = data.useT();
  const kind = connection.kind as KindName;
  const options = valuesOf(connection.options as Record<string, unknown>);
  const [values, setValues] = useState({ name: connection.name, description: connection.description, options });
  const [secrets, setSecrets] = useState<Values>({});
  const save = useAct("patch", "/connections/{name}", { invalidates: ["/connections", "/connections/{name}"] });
  const send = (): void => {
    const { values: plain, file } = parted(kind, values.options);
    if (file !== undefined) onFile(file);
    save.mutate({ path: { name: connection.name }, body: splitValues(kind, { ...plain, ...secrets }) });
  };
  return (
    <ConnectionForm
      kind={kind}
      values={values}
      onChange={setValues}
      secrets={secrets}
      onSecrets={setSecrets}
      onSubmit={send}
      problem={save.error ?? undefined}
      fixed
    >
      <Button type="submit" variant="default" loading={save.isPending}>
        {t("test.mend")}
      </Button>
    </ConnectionForm>
  );
}
