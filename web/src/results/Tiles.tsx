/** The few numbers that matter, large. */
import type { ReactNode } from "react";
import styles from "./Tiles.module.css";

export interface Tile {
  label: string;
  value: ReactNode;
  note?: ReactNode;
  /** The one that answers the question. */
  main?: boolean;
}

export function Tiles({ tiles }: { tiles: (Tile | false)[] }) {
  return (
    <dl className={styles.tiles}>
      {tiles.map((tile) =>
        tile === false ? null : (
          <div key={tile.label} className={styles.tile} data-main={tile.main || undefined}>
            <dt>{tile.label}</dt>
            <dd>
              <span className={styles.value}>{tile.value}</span>
              {tile.note !== undefined && <span className={styles.note}>{tile.note}</span>}
            </dd>
          </div>
        ),
      )}
    </dl>
  );
}
