/** How a backup is made and restored. It is done on the node's machine: whoever has a backup is the node. */
import { Copy } from "../../ui/Copy";
import { Card, Section } from "../../ui/Section";
import styles from "./Operations.module.css";
import { operations } from "./texts";

export function BackupTab() {
  const t = operations.useT();
  return (
    <Section title={t("backup")} lead={t("backup.lead")}>
      <div className={styles.commands}>
        <Command text={t("backup.make")} command="tacit node backup node.tacit" />
        <Command text={t("backup.artifacts")} command="tacit node backup node.tacit --artifacts" />
        <Command
          text={t("backup.cron")}
          command="tacit node backup node.tacit --passphrase-file /root/tacit.passphrase"
        />
        <Command text={t("backup.restore")} command="tacit node restore node.tacit --home /var/lib/tacit" />
        <Command
          text={t("backup.database")}
          command="tacit node restore node.tacit --home /var/lib/tacit --database-url postgresql://tacit@db.example/hospital"
        />
        <Card tone="warn">{t("backup.never")}</Card>
        <p className={styles.soft}>{t("backup.head")}</p>
      </div>
    </Section>
  );
}

export function Command({ text, command }: { text: string; command: string }) {
  const t = operations.useT();
  return (
    <div className={styles.command}>
      <p>{text}</p>
      <div className={styles.code}>
        <code data-raw>{command}</code>
        <Copy value={command} what={t("command")} />
      </div>
    </div>
  );
}
