/** A part of a page with its own heading, on a card. */
import { type ReactNode, useId } from "react";
import styles from "./Section.module.css";

interface SectionProps {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  /** Without the card: where the content has frames of its own. */
  plain?: boolean;
  /** No padding around the content: tables. */
  flush?: boolean;
  children: ReactNode;
}

export function Section({ title, lead, actions, plain, flush, children }: SectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={styles.section} data-plain={plain || undefined}>
      <div className={styles.head}>
        <div>
          <h2 id={id} className={styles.title}>
            {title}
          </h2>
          {lead !== undefined && <p className={styles.lead}>{lead}</p>}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </div>
      <div className={styles.body} data-flush={flush || undefined}>
        {children}
      </div>
    </section>
  );
}

/** A card without a heading. */
export function Card({ children, tone }: { children: ReactNode; tone?: "info" | "warn" | "bad" | "ok" }) {
  return (
    <div className={styles.card} data-tone={tone}>
      {children}
    </div>
  );
}
