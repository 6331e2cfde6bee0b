/** The four cards, each with a tick once it is done. */
import { IconCheck } from "../core/icons";
import { CARDS, type Card, change } from "./progress";
import styles from "./Tour.module.css";
import { tour } from "./texts";

export function Marks({ card, done }: { card: number; done: ReadonlySet<Card> }) {
  const t = tour.useT();
  return (
    <ol className={styles.marks} aria-label={t("cards")}>
      {CARDS.map((name, place) => (
        <li key={name}>
          <button
            type="button"
            className={styles.mark}
            aria-current={place === card ? "step" : undefined}
            onClick={() => change({ card: place })}
          >
            {done.has(name) && <IconCheck size={14} role="img" aria-label={t("card.done")} />}
            {t(`card.${name}`)}
          </button>
        </li>
      ))}
    </ol>
  );
}
