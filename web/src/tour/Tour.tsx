/** Four cards beside the page: meet, intersect, train, report. The page stays usable, and shows what a card is about. */
import { ActionIcon, Button } from "@mantine/core";
import IconChevronDown from "@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs";
import IconMap2 from "@tabler/icons-react/dist/esm/icons/IconMap2.mjs";
import { type ReactNode, useState } from "react";
import { useLocation } from "wouter";
import { core } from "../core/texts";
import { JobCard } from "./JobCard";
import { MeetCard } from "./MeetCard";
import { CARDS, change, useProgress } from "./progress";
import { ReportCard } from "./ReportCard";
import { stageNow } from "./stage";
import styles from "./Tour.module.css";
import { tour } from "./texts";

/** The editor needs its whole width, and forms have their buttons where the card lies. */
const WIDE = ["/flows/", "/projects/new", "/data/connect"];

export default function Tour() {
  const t = tour.useT();
  const common = core.useT();
  const { card, open } = useProgress();
  const stage = stageNow();
  const [path] = useLocation();
  const [openedAt, setOpenedAt] = useState<string>();
  const inTheWay = WIDE.some((place) => path.startsWith(place)) && openedAt !== path;
  if (stage === undefined) return null;
  const show = (): void => {
    setOpenedAt(path);
    change({ open: true });
  };
  if (!open || inTheWay) {
    return (
      <div className={styles.closed}>
        <Button leftSection={<IconMap2 size={18} aria-hidden />} onClick={show}>
          {t("open", { card: card + 1, of: CARDS.length })}
        </Button>
      </div>
    );
  }
  const name = CARDS[card] ?? "meet";
  const cards: Record<(typeof CARDS)[number], ReactNode> = {
    meet: <MeetCard stage={stage} />,
    intersect: <JobCard key="intersect" part="intersect" stage={stage} />,
    train: <JobCard key="train" part="train" stage={stage} />,
    report: <ReportCard stage={stage} />,
  };
  return (
    <aside className={styles.tour} aria-label={t("title")}>
      <div className={styles.head}>
        <span className={styles.count}>{t("count", { card: card + 1, of: CARDS.length })}</span>
        <h2 className={styles.title}>{t(`card.${name}`)}</h2>
        <ActionIcon variant="subtle" color="gray" aria-label={t("hide")} onClick={() => change({ open: false })}>
          <IconChevronDown size={18} aria-hidden />
        </ActionIcon>
      </div>
      <div className={styles.body}>{cards[name]}</div>
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
        {card < CARDS.length - 1 ? (
          <Button size="compact-sm" variant="light" onClick={() => change({ card: card + 1 })}>
            {t("next", { card: t(`card.${CARDS[card + 1] ?? "report"}`) })}
          </Button>
        ) : (
          <Button size="compact-sm" variant="light" onClick={() => change({ open: false })}>
            {t("finish")}
          </Button>
        )}
      </div>
    </aside>
  );
}
