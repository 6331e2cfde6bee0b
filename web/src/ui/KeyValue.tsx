/** Facts: a name and what it is, as a list for screen readers too. */
import type { ReactNode } from "react";
import styles from "./KeyValue.module.css";

export type Fact = [name: ReactNode, value: ReactNode] | false | null | undefined;

export function KeyValue({ items, wide }: { items: Fact[]; wide?: boolean }) {
  return (
    <dl className={styles.list} data-wide={wide || undefined}>
      {items.map((item, place) =>
        item ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: facts have no other identity and do not move
          <div key={place} className={styles.fact}>
            <dt>{item[0]}</dt>
            <dd>{item[1]}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}
