import styles from "./projects.module.css";
import type { TermFault } from "./terms";
import { projects } from "./texts";

/** Why the terms cannot be sent yet. */
export function Faults({ of }: { of: TermFault[] }) {
  const t = projects.useT();
  if (of.length === 0) return null;
  return (
    <div role="status" className={styles.lacking}>
      <p className={styles.soft}>{t("fault.title")}</p>
      <ul className={styles.faults}>
        {of.map((fault) => (
          <li key={fault}>{t(`fault.${fault}`)}</li>
        ))}
      </ul>
    </div>
  );
}
