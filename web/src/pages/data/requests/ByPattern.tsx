/** One decision for all requests whose datasets fit a pattern: fifty daily tables in one go. */
import { Button, Group, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Batch, Grant } from "../../../api/types";
import { useCodeText } from "../../../core/problems";
import { Diagnostic } from "../../../ui/Diagnostic";
import { Section } from "../../../ui/Section";
import { useDecideEach, type Verdict } from "../../approvals/each";
import { metBy } from "../grants/pattern";
import { useKept } from "../kept";
import { data } from "../texts";
import styles from "./requests.module.css";

interface Typed {
  pattern: string;
  peer: string;
  note: string;
}

export function ByPattern({ grants }: { grants: Grant[] }) {
  const t = data.useT();
  const [kept, keep] = useKept<Typed>("requests by pattern");
  const typed = kept ?? { pattern: "", peer: "", note: "" };
  const [batch, setBatch] = useState<Batch>();
  const met = metBy(grants, typed.pattern.trim(), typed.peer || undefined);
  const act = useDecideEach();
  const decide = (verdict: Verdict): void => {
    const taken = (answer: Batch): void => {
      setBatch(answer);
      keep(undefined);
    };
    act.mutate({ verdict, grants: met, note: typed.note }, { onSuccess: taken });
  };
  const peers = [...new Set(grants.map((one) => one.peer))].sort();
  return (
    <Section title={t("pattern")} lead={t("pattern.lead")}>
      <div className={styles.fields}>
        <TextInput
          label={t("pattern.field")}
          description={t("pattern.help")}
          value={typed.pattern}
          onChange={(event) => keep({ ...typed, pattern: event.currentTarget.value })}
        />
        <Select
          label={t("partner")}
          description={t("pattern.peer")}
          clearable
          data={peers}
          value={typed.peer || null}
          onChange={(peer) => keep({ ...typed, peer: peer ?? "" })}
        />
        <TextInput
          label={t("pattern.note")}
          description={t("pattern.note.help")}
          value={typed.note}
          maxLength={500}
          onChange={(event) => keep({ ...typed, note: event.currentTarget.value })}
        />
      </div>
      {typed.pattern.trim() !== "" && (
        <p className={styles.met} role="status">
          {t("pattern.meets", { count: met.length })} <span data-raw>{met.map((one) => one.selector).join(", ")}</span>
        </p>
      )}
      <Group mt="sm">
        <Button disabled={met.length === 0} loading={act.isPending} onClick={() => decide("approve")}>
          {met.length === 0 ? t("approve") : t("pattern.approve", { count: met.length })}
        </Button>
        <Button variant="default" disabled={met.length === 0} loading={act.isPending} onClick={() => decide("reject")}>
          {met.length === 0 ? t("deny") : t("pattern.deny", { count: met.length })}
        </Button>
      </Group>
      {act.error && <Diagnostic problem={act.error} compact />}
      {batch !== undefined && <Came batch={batch} grants={grants} />}
    </Section>
  );
}

function Came({ batch, grants }: { batch: Batch; grants: Grant[] }) {
  const t = data.useT();
  const codeText = useCodeText();
  const nameOf = (id: string): string => grants.find((one) => one.id === id)?.selector ?? id;
  const failed = Object.entries(batch.failed);
  return (
    <div role="status" className={styles.came}>
      <p>{t("pattern.done", { count: batch.done.length })}</p>
      {failed.length > 0 && (
        <>
          <p>{t("pattern.failed", { count: failed.length })}</p>
          <ul>
            {failed.map(([id, code]) => (
              <li key={id}>
                <strong>{nameOf(id)}</strong>: {codeText(code) ?? code}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
