/** The page of those who are not in yet. */
import type { ReactNode } from "react";
import { useEffect } from "react";
import { AppearanceMenu, LanguageMenu } from "../shell/Header";
import { Logo } from "../shell/Logo";
import styles from "./Frame.module.css";

export function Frame({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Tacit`;
  }, [title]);
  return (
    <div className={styles.page}>
      <div className={styles.corner}>
        <LanguageMenu />
        <AppearanceMenu />
      </div>
      <main className={styles.card}>
        <Logo size={40} />
        <h1 className={styles.title}>{title}</h1>
        <p className={styles.lead}>{lead}</p>
        {children}
      </main>
    </div>
  );
}
