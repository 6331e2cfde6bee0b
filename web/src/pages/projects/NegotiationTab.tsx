/** How an agreement came about: where it stands, what each offer changed, who did what. */
import { NativeSelect } from "@mantine/core";
import { useState } from "react";
import { useGet } from "../../api/hooks";
import type { Agreement, Negotiation, NegotiationMove } from "../../api/types";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { type Col, DataTable } from "../../ui/DataTable";
import { Time } from "../../ui/Diagnostic";
import { Party } from "../../ui/Party";
import { Section } from "../../ui/Section";
import { Changes } from "./Changes";
import styles from "./projects.module.css";
import { isStage } from "./state";
import { projects } from "./texts";

export function NegotiationTab({ agreement }: { agreement: Agreement }) {
  const isOpen = agreement.state === "PROPOSED";
  const query = useGet(
    "/agreements/{agreement}/negotiation",
    { path: { agreement: agreement.id } },
    { refetchInterval: isOpen ? 4_000 : false },
  );
  return (
    <Async query={query} height={320}>
      {(negotiation) => (
        <>
          <Where negotiation={negotiation} />
          <Offers negotiation={negotiation} />
          {negotiation.offers.length > 2 && <Compare negotiation={negotiation} />}
          <Moves negotiation={negotiation} />
        </>
      )}
    </Async>
  );
}

function Where({ negotiation }: { negotiation: Negotiation }) {
  const t = projects.useT();
  return (
    <Section title={t("negotiation.where")}>
      <ul className={styles.plain}>
        <li className={styles.line}>
          <Party name={negotiation.proposer} />
          <span className={styles.soft}>{t("member.proposer")}</span>
          <StageBadge stage={negotiation.stage} />
        </li>
        {Object.entries(negotiation.members).map(([member, stage]) => (
          <li key={member} className={styles.line}>
            <Party name={member} />
            <StageBadge stage={stage} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function StageBadge({ stage }: { stage: string }) {
  const t = projects.useT();
  const tone = stage === "FINALIZED" ? "ok" : stage === "TERMINATED" ? "idle" : stage === "OFFERED" ? "warn" : "info";
  return <Badge tone={tone}>{isStage(stage) ? t(`stage.${stage}`) : stage}</Badge>;
}

function Offers({ negotiation }: { negotiation: Negotiation }) {
  const t = projects.useT();
  return (
    <Section title={t("negotiation.offers")} lead={t("negotiation.offers.lead")}>
      <ol className={styles.offers}>
        {[...negotiation.offers].reverse().map((offer) => (
          <li key={offer.version} className={styles.offer}>
            <div className={styles.offerHead}>
              <strong>{t("offer", { version: String(offer.version) })}</strong>
              <Party name={offer.author} size="sm" />
              <span className={styles.soft}>
                <Time at={offer.created_at} />
              </span>
            </div>
            {offer.version === 1 && offer.changes.length === 0 ? (
              <p className={styles.soft}>{t("offer.first")}</p>
            ) : (
              <Changes of={offer.changes} label={t("offer.changes", { version: String(offer.version) })} />
            )}
          </li>
        ))}
      </ol>
    </Section>
  );
}

function Compare({ negotiation }: { negotiation: Negotiation }) {
  const t = projects.useT();
  const last = negotiation.version;
  const [before, setBefore] = useState(1);
  const [after, setAfter] = useState(last);
  const query = useGet("/agreements/{agreement}/diff", {
    path: { agreement: negotiation.id },
    query: { before, after },
  });
  const choices = negotiation.offers.map(({ version }) => ({
    value: String(version),
    label: t("offer", { version: String(version) }),
  }));
  return (
    <Section title={t("compare")}>
      <div className={styles.row}>
        <NativeSelect
          label={t("compare.before")}
          data={choices}
          value={String(before)}
          onChange={(event) => setBefore(Number(event.currentTarget.value))}
        />
        <NativeSelect
          label={t("compare.after")}
          data={choices}
          value={String(after)}
          onChange={(event) => setAfter(Number(event.currentTarget.value))}
        />
      </div>
      <Async query={query} height={80}>
        {(found) => <Changes of={found.changes} label={t("compare")} />}
      </Async>
    </Section>
  );
}

const MOVES = ["OFFER", "REQUEST", "ACCEPT", "AGREE", "VERIFY", "FINALIZE", "TERMINATE", "END"] as const;
const isMove = (text: string): text is (typeof MOVES)[number] => (MOVES as readonly string[]).includes(text);

function Moves({ negotiation }: { negotiation: Negotiation }) {
  const t = projects.useT();
  const columns: Col<NegotiationMove>[] = [
    { key: "time", title: t("col.time"), cell: (move) => <Time at={move.at} />, sort: (move) => move.at, tight: true },
    { key: "member", title: t("col.member"), cell: (move) => <Party name={move.member} size="sm" /> },
    {
      key: "move",
      title: t("col.move"),
      cell: (move) => (isMove(move.move) ? t(`move.${move.move}`, { version: String(move.version) }) : move.move),
    },
  ];
  return (
    <Section title={t("negotiation.moves")} flush>
      <DataTable
        caption={t("moves.caption")}
        columns={columns}
        rows={negotiation.moves}
        rowKey={(move) => `${move.at} ${move.member} ${move.move} ${move.version}`}
      />
    </Section>
  );
}
