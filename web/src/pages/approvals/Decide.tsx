/** The decision: how many people are still needed, who has decided, and approve or reject with a note. */
import { Alert, Button, Select, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { act, keyOf } from "../../api/hooks";
import type { InboxItem } from "../../api/types";
import { notify } from "../../core/notify";
import { useMe } from "../../core/session";
import { Copy } from "../../ui/Copy";
import { Diagnostic, Time } from "../../ui/Diagnostic";
import { Section } from "../../ui/Section";
import { type Bound, CHANGED, useBound } from "./bound";
import styles from "./Decide.module.css";
import { Decisions, People, useObstacle } from "./Need";
import { approvals } from "./texts";

const REASONS = ["unverified", "unknown_organisation", "not_needed", "duplicate", "other"] as const;
type Reason = (typeof REASONS)[number];
type Verdict = "approve" | "reject" | "withdraw";
interface Answer {
  note: string;
  fingerprint: string;
  reason: Reason;
}

export function Decide({ item }: { item: InboxItem }) {
  const t = approvals.useT();
  const me = useMe();
  const obstacle = useObstacle()(item);
  const open = item.state === "open";
  const mine = item.decisions.some((vote) => vote.by === `user:${me.name}` && !vote.withdrawn);
  return (
    <Section title={t("decision")}>
      <div className={styles.form}>
        {open ? <People item={item} /> : <Ended item={item} />}
        <Decisions item={item} />
        {open && obstacle !== undefined && !mine && <p className={styles.why}>{obstacle}</p>}
        {open && obstacle === undefined && <Form item={item} />}
        {open && mine && <Withdraw item={item} />}
        {open && item.due_at !== null && (
          <p className={styles.quiet}>
            {t("expires.at")} <Time at={item.due_at} />
          </p>
        )}
      </div>
    </Section>
  );
}

function Ended({ item }: { item: InboxItem }) {
  const t = approvals.useT();
  return (
    <p className={styles.ended} data-state={item.state}>
      {t(`ended.${item.state === "open" ? "withdrawn" : item.state}`)} <Time at={item.ended_at} />
    </p>
  );
}

/** Sends a decision to the door that its kind has, and shows what became of it. */
function useDecision(item: InboxItem, bound: Bound) {
  const t = approvals.useT();
  const client = useQueryClient();
  const [busy, setBusy] = useState<Verdict>();
  const [fault, setFault] = useState<unknown>();
  const decide = async (verdict: Verdict, answer: Answer): Promise<void> => {
    setBusy(verdict);
    setFault(undefined);
    try {
      await send(item, verdict, answer, bound.hash);
      notify({ tone: "ok", text: t(`done.${verdict}`) });
    } catch (thrown) {
      setFault(thrown);
    } finally {
      setBusy(undefined);
      const paths = [
        "/inbox/{item_id}",
        "/inbox",
        "/inbox/counts",
        "/jobs",
        "/jobs/{job_id}",
        "/applications",
      ] as const;
      await Promise.all(paths.map((path) => client.invalidateQueries({ queryKey: keyOf(path) })));
    }
  };
  return { busy, fault, decide };
}

async function send(item: InboxItem, verdict: Verdict, answer: Answer, hash: string | undefined): Promise<void> {
  const path = { item_id: item.id };
  const { note } = answer;
  if (verdict === "withdraw") await act("post", "/inbox/{item_id}/withdraw", { path });
  else if (item.kind === "peer") await sendPeer(item.subject, verdict, answer);
  else if (verdict === "approve") await act("post", "/inbox/{item_id}/approve", { path, body: { note, hash } });
  else await act("post", "/inbox/{item_id}/reject", { path, body: { note } });
}

async function sendPeer(application: string, verdict: "approve" | "reject", answer: Answer): Promise<void> {
  const path = { application };
  const { note, reason } = answer;
  const fingerprint = answer.fingerprint.replace(/[\s:]/g, "").toLowerCase();
  if (verdict === "approve")
    await act("post", "/applications/{application}/approve", { path, body: { fingerprint, note } });
  else await act("post", "/applications/{application}/reject", { path, body: { reason, note } });
}

/** Others decide on these, too. */
const SHARED: ReadonlySet<string> = new Set(["job", "agreement"]);
const NOTHING: Answer = { note: "", fingerprint: "", reason: "other" };

function Form({ item }: { item: InboxItem }) {
  const t = approvals.useT();
  const bound = useBound(item);
  const { busy, fault, decide } = useDecision(item, bound);
  const [answer, setAnswer] = useState(NOTHING);
  const change = (part: Partial<Answer>): void => setAnswer((before) => ({ ...before, ...part }));
  const last = item.missing.people <= 1;
  const lacks = bound.pending || (item.kind === "peer" && answer.fingerprint.trim() === "");
  return (
    <>
      <p className={styles.lead}>{last ? t(SHARED.has(item.kind) ? "last_here" : "last") : t("not_last")}</p>
      {item.kind === "peer" && <PeerAnswer answer={answer} onChange={change} />}
      <Textarea
        label={t("note")}
        description={t("note.help")}
        value={answer.note}
        maxLength={500}
        autosize
        minRows={2}
        onChange={(event) => change({ note: event.currentTarget.value })}
      />
      {bound.hash !== undefined && <Hash hash={bound.hash} />}
      {fault !== undefined && <Fault fault={fault} />}
      <div className={styles.buttons}>
        <Button
          fullWidth
          size="md"
          disabled={lacks}
          loading={busy === "approve"}
          onClick={() => void decide("approve", answer)}
        >
          {t("approve")}
        </Button>
        <Button
          fullWidth
          variant="default"
          className={styles.reject}
          loading={busy === "reject"}
          onClick={() => void decide("reject", answer)}
        >
          {t("reject")}
        </Button>
      </div>
    </>
  );
}

function PeerAnswer({ answer, onChange }: { answer: Answer; onChange: (part: Partial<Answer>) => void }) {
  const t = approvals.useT();
  return (
    <>
      <TextInput
        label={t("peer.fingerprint")}
        description={t("peer.fingerprint_help")}
        value={answer.fingerprint}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange({ fingerprint: event.currentTarget.value })}
      />
      <Select
        label={t("peer.reason")}
        description={t("peer.reason_help")}
        data={REASONS.map((reason) => ({ value: reason, label: t(`peer.reason.${reason}`) }))}
        value={answer.reason}
        allowDeselect={false}
        onChange={(next) => onChange({ reason: REASONS.find((reason) => reason === next) ?? "other" })}
      />
    </>
  );
}

function Hash({ hash }: { hash: string }) {
  const t = approvals.useT();
  return (
    <p className={styles.hash}>
      <span>{t("bound")}</span>
      <code title={hash}>
        {hash.slice(0, 8)}…{hash.slice(-8)}
      </code>
      <Copy value={hash} what={t("hash")} />
    </p>
  );
}

function Fault({ fault }: { fault: unknown }) {
  const t = approvals.useT();
  const code = (fault as { code?: string }).code ?? "";
  return (
    <>
      {CHANGED.has(code) && (
        <Alert color="yellow" title={t("changed")}>
          {t("changed.text")}
        </Alert>
      )}
      <Diagnostic problem={fault} compact />
    </>
  );
}

function Withdraw({ item }: { item: InboxItem }) {
  const t = approvals.useT();
  const { busy, fault, decide } = useDecision(item, { pending: false });
  return (
    <>
      <p className={styles.quiet}>{t("withdraw.text")}</p>
      {fault !== undefined && <Diagnostic problem={fault} compact />}
      <Button variant="default" loading={busy === "withdraw"} onClick={() => void decide("withdraw", NOTHING)}>
        {t("withdraw")}
      </Button>
    </>
  );
}
