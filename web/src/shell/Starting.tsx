/** The page before there is one. */
import type { ReactNode } from "react";
import { Logo } from "./Logo";
import styles from "./Starting.module.css";

export function Starting({ title, children }: { title?: string; children?: ReactNode }) {
  return (
    <main className={styles.page}>
      <Logo size={44} />
      {title !== undefined && <h1 className={styles.title}>{title}</h1>}
      {children}
    </main>
  );
}
