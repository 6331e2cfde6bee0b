/** Decides all requests for datasets whose names fit a pattern, in one go. */
import { Alert, Button, Group, Select, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { usePages } from "../../api/hooks";
import type { Batch, Grant } from "../../api/types";
import { notify } from "../../core/notify";
import { useCodeText } from "../../core/problems";
import { visible } from "../../core/visible";
import { Diagnostic } from "../../ui/Diagnostic";
import { Dialog } from "../../ui/Dialog";
import { Party } from "../../ui/Party";
import styles from "./Decide.module.css";
import { useDecideEach, type Verdict } from "./each";
import { approvals } from "./texts";
import { fits } from "./words";

export function BatchGrants({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = approvals.useT();
  return (
    <Dialog opened={opened} onClose={onClose} title={t("batch")} size="lg">
      <Form onClose={onClose} />
    </Dialog>
  );
}

function Form({ onClose }: { onClose: () => void }) {
  const t = approvals.useT();
  const [pattern, setPattern] = useState("*");
  const [peer, setPeer] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const waiting = usePages("/grants", { query: { side: "given", state: "APPLIED", limit: 500 } }).items;
  const matching = waiting.filter(
    (grant) => (peer === null || grant.peer === peer) && grant.datasets.every((name) => fits(pattern, name)),
  );
  const act = useDecideEach();
  const decide = (verdict: Verdict): void =>
    act.mutate({ verdict, note, grants: matching }, { onSuccess: (told) => told.done.length > 0 && done(told) });
  const done = (told: Batch): void => {
    notify({ tone: "ok", text: t("batch.done", { count: told.done.length }) });
    if (Object.keys(told.failed).length === 0) onClose();
  };
  return (
    <div className={styles.form}>
      <p className={styles.lead}>{t("batch.lead")}</p>
      <Group grow align="flex-start">
        <TextInput
          label={t("batch.pattern")}
          description={t("batch.pattern_help")}
          value={pattern}
          onChange={(event) => setPattern(event.currentTarget.value)}
          spellCheck={false}
          required
        />
        <Select
          label={t("batch.peer")}
          description={t("batch.peer_help")}
          placeholder={t("batch.any_peer")}
          data={[...new Set(waiting.map((grant) => grant.peer))].sort()}
          value={peer}
          onChange={setPeer}
          clearable
        />
      </Group>
      <Matching grants={matching} />
      <Textarea
        label={t("note")}
        description={t("note.help")}
        value={note}
        maxLength={500}
        autosize
        minRows={2}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      {act.data !== undefined && <Failed batch={act.data} />}
      {act.error !== null && <Diagnostic problem={act.error} compact />}
      <Group justify="flex-end">
        <Button
          variant="default"
          className={styles.reject}
          disabled={matching.length === 0}
          loading={act.isPending}
          onClick={() => decide("reject")}
        >
          {t("batch.reject", { count: matching.length })}
        </Button>
        <Button disabled={matching.length === 0} loading={act.isPending} onClick={() => decide("approve")}>
          {t("batch.approve", { count: matching.length })}
        </Button>
      </Group>
    </div>
  );
}

function Matching({ grants }: { grants: Grant[] }) {
  const t = approvals.useT();
  if (grants.length === 0) return <p className={styles.quiet}>{t("batch.none")}</p>;
  return (
    <ul className={styles.matching} aria-label={t("batch.matching")}>
      {grants.map((grant) => (
        <li key={grant.id}>
          <Party name={grant.peer} size="sm" />
          <code>{grant.datasets.join(", ")}</code>
          <span data-raw>{visible(grant.purpose ?? "")}</span>
        </li>
      ))}
    </ul>
  );
}

function Failed({ batch }: { batch: Batch }) {
  const t = approvals.useT();
  const meaning = useCodeText();
  const failed = Object.values(batch.failed);
  if (failed.length === 0) return null;
  return (
    <Alert color="yellow" title={t("batch.failed", { count: failed.length })}>
      {[...new Set(failed)].map((code) => (
        <p key={code}>
          {meaning(code)} <code>{code}</code>
        </p>
      ))}
    </Alert>
  );
}
