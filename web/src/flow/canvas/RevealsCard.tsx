/** The card that says what a step reveals, beside the box that the pointer is on. */
import { useRef, useState } from "react";
import type { Disclosed } from "../../api/types";
import { useW } from "../../core/texts";
import { Party } from "../../ui/Party";
import { type FlowDoc, type Specs, specOf, stepOf } from "../document";
import { flow } from "../texts";
import { revealed } from "./describe";
import styles from "./RevealsCard.module.css";
import type { ShowReveals } from "./reveals";

export interface Card {
  step: string;
  /** From the corner of the canvas. */
  x: number;
  y: number;
}

/** `onPinned`: somebody clicked the sign and wants the whole list. */
export function useRevealsCard(onPinned?: (step: string) => void): { card: Card | undefined; show: ShowReveals } {
  const [card, setCard] = useState<Card>();
  const pinned = useRef(onPinned);
  pinned.current = onPinned;
  const [show] = useState<ShowReveals>(() => (step: string | undefined, beside?: HTMLElement, pin?: boolean) => {
    if (pin && step !== undefined) pinned.current?.(step);
    if (step === undefined || beside === undefined) return setCard(undefined);
    const frame = beside.closest<HTMLElement>("[role=application]")?.getBoundingClientRect();
    const at = beside.getBoundingClientRect();
    if (frame !== undefined) setCard({ step, ...inside(at, frame) });
  });
  return { card, show };
}

const WIDE = 340;

function inside(at: DOMRect, frame: DOMRect): { x: number; y: number } {
  const x = at.right + WIDE + 12 < frame.right ? at.right - frame.left + 10 : at.left - frame.left - WIDE - 10;
  return { x: Math.max(8, x), y: Math.max(8, Math.min(at.top - frame.top - 12, frame.height - 220)) };
}

interface RevealsCardProps {
  card: Card | undefined;
  doc: FlowDoc;
  specs: Specs;
  said?: Readonly<Record<string, readonly Disclosed[]>>;
}

export function RevealsCard({ card, doc, specs, said }: RevealsCardProps) {
  const t = flow.useT();
  const w = useW();
  const step = card === undefined ? undefined : stepOf(doc, card.step);
  if (card === undefined || step === undefined) return null;
  const { lines, exact } = revealed(step, specOf(specs, step), said);
  const parties = [...new Set(lines.map((line) => line.party))];
  return (
    <div className={styles.card} role="tooltip" style={{ left: card.x, top: card.y }}>
      <p className={styles.title}>{t("reveals.title", { step: step.id })}</p>
      {parties.map((party) => (
        <div key={party} className={styles.party}>
          <Party name={party} size="sm" />
          <ul>
            {lines
              .filter((line) => line.party === party)
              .map((line) => (
                <li key={line.what.en}>{w(line.what)}</li>
              ))}
          </ul>
        </div>
      ))}
      {!exact && <p className={styles.note}>{t("reveals.default")}</p>}
    </div>
  );
}
