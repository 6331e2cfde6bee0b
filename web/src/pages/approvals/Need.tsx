/** How many people an item needs, who has decided, and why it is not the reader's turn. */

import { Actor } from "../../actors/Actor";
import type { InboxItem } from "../../api/types";
import { useCodeText } from "../../core/problems";
import { useMe } from "../../core/session";
import { Badge, type Tone } from "../../ui/Badge";
import { Time } from "../../ui/Diagnostic";
import styles from "./Need.module.css";
import { approvals } from "./texts";

const OBSTACLES = [
  "signoff.own_request",
  "signoff.not_entitled",
  "signoff.voted_already",
  "signoff.not_a_person",
  "inbox.wrong_state",
] as const;
type Known = (typeof OBSTACLES)[number];

/** Why the reader cannot approve; undefined: they can. */
export function useObstacle(): (item: InboxItem) => string | undefined {
  const t = approvals.useT();
  const meaning = useCodeText();
  return ({ obstacle }) => {
    if (obstacle === null) return undefined;
    const known = OBSTACLES.find((code) => code === obstacle);
    return known === undefined ? (meaning(obstacle) ?? obstacle) : t(`obstacle.${known satisfies Known}`);
  };
}

/** "1 of 2 approvals; a compliance officer is still needed". */
export function useNeed(): (item: InboxItem) => string {
  const t = approvals.useT();
  const isOfficer = useMe().roles.includes("compliance_officer");
  return ({ needed, missing, obstacle }) => {
    const given = Math.max(0, needed - missing.people);
    const people = needed === 1 ? t("need.one") : t("need.given", { given, needed });
    if (!missing.compliance_officer) return people;
    return t(isOfficer && obstacle === null ? "need.as_officer" : "need.with_officer", { people });
  };
}

const TONES: Record<InboxItem["state"], Tone> = {
  open: "warn",
  approved: "ok",
  rejected: "bad",
  expired: "idle",
  withdrawn: "idle",
};

export function ItemState({ item }: { item: InboxItem }) {
  const t = approvals.useT();
  return <Badge tone={TONES[item.state]}>{t(`state.${item.state}`)}</Badge>;
}

/** What wants attention now. */
export function Reminder({ item }: { item: InboxItem }) {
  const t = approvals.useT();
  if (item.reminder === null) return null;
  return <Badge tone={item.reminder === "due" ? "bad" : "warn"}>{t(`reminder.${item.reminder}`)}</Badge>;
}

/** One circle per person that is needed. */
export function People({ item }: { item: InboxItem }) {
  const need = useNeed();
  const given = Math.max(0, item.needed - item.missing.people);
  return (
    <p className={styles.people}>
      <span aria-hidden className={styles.circles}>
        {Array.from({ length: item.needed }, (_, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: circles have no other identity
          <i key={place} data-given={place < given || undefined} />
        ))}
      </span>
      <span>{need(item)}</span>
    </p>
  );
}

/** Everybody who has decided, in order. */
export function Decisions({ item }: { item: InboxItem }) {
  const t = approvals.useT();
  if (item.decisions.length === 0) return null;
  return (
    <ul className={styles.decisions} aria-label={t("decisions")}>
      {item.decisions.map((vote) => (
        <li key={`${vote.by} ${vote.at}`} data-verdict={vote.verdict} data-withdrawn={vote.withdrawn || undefined}>
          <p className={styles.vote}>
            <strong>
              <Actor of={vote.by} />
            </strong>{" "}
            {t(`verdict.${vote.verdict}`)}
            {vote.on_behalf !== null && <> {t("on_behalf", { name: vote.on_behalf })}</>}
            {vote.withdrawn && <em> {t("withdrawn")}</em>}
          </p>
          {vote.note !== "" && (
            <blockquote className={styles.note} data-raw>
              {vote.note}
            </blockquote>
          )}
          <span className={styles.when}>
            <Time at={vote.at} />
          </span>
        </li>
      ))}
    </ul>
  );
}
