/** Which cards are done, on the way or by hand, and which comes next. */
import { useEffect } from "react";
import { useLocation } from "wouter";
import { useSearchText } from "../core/location";
import { type ByHand, useByHand } from "./by_hand";
import { CARDS, type Card, change, type Progress, useProgress } from "./progress";
import type { Stage } from "./stage";

export function doneOf({ card, read }: Progress, { intersect, train }: ByHand): Set<Card> {
  const is: Record<Card, boolean> = {
    meet: card > 0 || intersect !== undefined || train !== undefined,
    intersect: intersect?.isDone === true,
    train: train?.isDone === true,
    report: read === true,
  };
  return new Set(CARDS.filter((name) => is[name]));
}

/** Never back: who goes through the cards by hand stays where they are. */
export function nextCard(card: number, done: ReadonlySet<Card>): number {
  const next = CARDS.findIndex((name) => !done.has(name));
  return Math.max(card, next < 0 ? CARDS.length - 1 : next);
}

/** A folded tour keeps pace with what is done beside it; an open card stays under the eyes of its reader. */
export function useDone(stage: Stage | undefined, isOpen: boolean): Set<Card> {
  const progress = useProgress();
  const done = doneOf(progress, useByHand(stage));
  const { card, away } = progress;
  const next = nextCard(card, done);
  useReceipt();
  useEffect(() => {
    if (!isOpen && !away && next !== card) change({ card: next });
  }, [isOpen, away, next, card]);
  return done;
}

/** The receipt of a job is what the last card is about. */
function useReceipt(): void {
  const [path] = useLocation();
  const tab = new URLSearchParams(useSearchText()).get("tab");
  const isSeen = (path.startsWith("/jobs/") && tab === "receipt") || path === "/audit/receipts";
  useEffect(() => {
    if (isSeen) change({ read: true });
  }, [isSeen]);
}
