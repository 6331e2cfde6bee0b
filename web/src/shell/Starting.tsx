/** The page before there is one. */
import { type ReactNode, useEffect, useState } from "react";
import { core } from "../core/texts";
import { Logo } from "./Logo";
import { PATIENCE_MS } from "./presence";
import styles from "./Starting.module.css";

export function Starting({ title, children }: { title?: string; children?: ReactNode }) {
  return (
    <main className={styles.page}>
      <Logo size={44} />
      {title !== undefined && <h1 className={styles.title}>{title}</h1>}
      {children ?? <Late />}
    </main>
  );
}

/** Where it takes too long, why. */
function Late() {
  const t = core.useT();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setLate(true), PATIENCE_MS);
    return () => window.clearTimeout(timer);
  }, []);
  return (
    <div role="status">
      {late && (
        <>
          <h1 className={styles.title}>{t("unreachable.title")}</h1>
          <p>{t("console.unreachable.hint")}</p>
        </>
      )}
    </div>
  );
}
