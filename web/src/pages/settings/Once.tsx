/** A secret that is shown this once. Closing asks nothing: the sentence says it. */
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { Copy } from "../../ui/Copy";
import { Dialog } from "../../ui/Dialog";
import { Card } from "../../ui/Section";
import styles from "./Settings.module.css";
import { settings } from "./texts";

interface OnceProps {
  title: string;
  /** What to do with it. */
  lead: string;
  /** Name and value. */
  secrets: [name: string, value: string][];
  onClose: () => void;
  children?: ReactNode;
}

export function Once({ title, lead, secrets, onClose, children }: OnceProps) {
  const t = settings.useT();
  return (
    <Dialog opened onClose={onClose} title={title} size="lg" closeOnClickOutside={false}>
      <div className={styles.form}>
        <Card tone="warn">{t("once")}</Card>
        <p className={styles.hint}>{lead}</p>
        {secrets.map(([name, value]) => (
          <div key={name}>
            <p className={styles.sum}>{name}</p>
            <div className={styles.secret}>
              <code data-raw>{value}</code>
              <Copy value={value} what={name} label />
            </div>
          </div>
        ))}
        {children}
        <Button onClick={onClose}>{t("once.done")}</Button>
      </div>
    </Dialog>
  );
}
