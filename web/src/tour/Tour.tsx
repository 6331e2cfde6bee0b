/** Four cards beside the page: meet, intersect, train, report. The page stays usable, and shows what a card is about. */
import { ActionIcon, Button, Portal, Tooltip } from "@mantine/core";
import IconMap2 from "@tabler/icons-react/dist/esm/icons/IconMap2.mjs";
import { type ReactNode, useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { IconChevronDown, IconX } from "../core/icons";
import { notify } from "../core/notify";
import { core } from "../core/texts";
import { useDone } from "./done";
import { JobCard } from "./JobCard";
import { Marks } from "./Marks";
import { MeetCard } from "./MeetCard";
import { arrivedAt, CARDS, type Card as CardName, change, isShownAt, show, useAsked, useProgress } from "./progress";
import { ReportCard } from "./ReportCard";
import { type Stage, stageNow } from "./stage";
import styles from "./Tour.module.css";
import { tour } from "./texts";

/** A button of the header, and the card that it opens: on Home by itself, elsewhere if it is asked for. */
export default function Tour() {
  const t = tour.useT();
  const { card, open, away } = useProgress();
  const stage = stageNow();
  const [path] = useLocation();
  const asked = useAsked();
  const button = useRef<HTMLButtonElement>(null);
  const isOpen = open && isShownAt(path, asked);
  const done = useDone(stage, isOpen);
  useEffect(() => arrivedAt(path), [path]);
  if (stage === undefined || away) return null;
  const fold = (): void => {
    change({ open: false });
    button.current?.focus();
  };
  return (
    <>
      <Button
        ref={button}
        size="compact-sm"
        variant="light"
        leftSection={<IconMap2 size={16} aria-hidden />}
        aria-label={t("open", { card: card + 1, of: CARDS.length })}
        aria-expanded={isOpen}
        onClick={() => (isOpen ? fold() : show(path))}
      >
        <span className={styles.word}>{t("tour")} </span>
        {card + 1}/{CARDS.length}
      </Button>
      {isOpen && (
        <Portal>
          <Card stage={stage} done={done} asked={asked?.byHand === true} onFold={fold} />
        </Portal>
      )}
    </>
  );
}

interface CardProps {
  stage: Stage;
  done: ReadonlySet<CardName>;
  /** Somebody asked for it just now. */
  asked: boolean;
  onFold: () => void;
}

function Card({ stage, done, asked, onFold }: CardProps) {
  const t = tour.useT();
  const { card } = useProgress();
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (asked) box.current?.focus();
  }, [asked]);
  const name = CARDS[card] ?? "meet";
  const cards: Record<CardName, ReactNode> = {
    meet: <MeetCard stage={stage} />,
    intersect: <JobCard key="intersect" part="intersect" stage={stage} />,
    train: <JobCard key="train" part="train" stage={stage} />,
    report: <ReportCard stage={stage} />,
  };
  return (
    <aside ref={box} tabIndex={-1} className={styles.tour} aria-label={t("title")}>
      <div className={styles.head}>
        <span className={styles.count}>{t("count", { card: card + 1, of: CARDS.length })}</span>
        <h2 className={styles.title}>{t(`card.${name}`)}</h2>
        <Act label={t("hide")} onClick={onFold}>
          <IconChevronDown size={18} aria-hidden />
        </Act>
        <Act label={t("close")} onClick={close}>
          <IconX size={18} aria-hidden />
        </Act>
      </div>
      <Marks card={card} done={done} />
      <div className={styles.body}>{cards[name]}</div>
      <Foot card={card} />
    </aside>
  );
}

function Act({ label, onClick, children }: { label: string; onClick: () => void; children: ReactNode }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

/** For good; a note says where it can be found again. */
function close(): void {
  change({ open: false, away: true });
  notify({ tone: "info", text: tour.now()("closed") });
}

function Foot({ card }: { card: number }) {
  const t = tour.useT();
  const common = core.useT();
  const isLast = card === CARDS.length - 1;
  return (
    <div className={styles.foot}>
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        disabled={card === 0}
        onClick={() => change({ card: card - 1 })}
      >
        {common("back")}
      </Button>
      <Button size="compact-sm" variant="light" onClick={() => (isLast ? close() : change({ card: card + 1 }))}>
        {isLast ? t("finish") : t("next", { card: t(`card.${CARDS[card + 1] ?? "report"}`) })}
      </Button>
    </div>
  );
}
