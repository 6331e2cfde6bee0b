/** How a backup is made and restored. It is done on the node's machine: whoever has a backup is the node. */
import { useGet } from "../../api/hooks";
import { useFormat } from "../../core/format";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { Copy } from "../../ui/Copy";
import { Time } from "../../ui/Diagnostic";
import { KeyValue } from "../../ui/KeyValue";
import { Card, Section } from "../../ui/Section";
import { Fingerprint } from "./Fingerprint";
import styles from "./Operations.module.css";
import { operations } from "./texts";

export function BackupTab() {
  const t = operations.useT();
  const query = useGet("/node/backup");
  return (
    <>
      <Section title={t("backup.last")} lead={t("backup.last_lead")}>
        <Async query={query} empty={() => false} height={60}>
          {({ last }) => (last === null ? <Badge tone="warn">{t("backup.none")}</Badge> : <Last {...last} />)}
        </Async>
      </Section>
      <HowTo />
    </>
  );
}

interface LastProps {
  at: string;
  by: string;
  artifacts: boolean;
  audit_head: string;
}

const OLD_MS = 7 * 86_400_000;

function Last({ at, by, artifacts, audit_head: head }: LastProps) {
  const t = operations.useT();
  const format = useFormat();
  const old = Date.now() - Date.parse(at) > OLD_MS;
  return (
    <KeyValue
      items={[
        [
          t("backup.at"),
          <span key="at" className={styles.finger}>
            <Time at={at} /> <Badge tone={old ? "warn" : "ok"}>{format.ago(at)}</Badge>
          </span>,
        ],
        [
          t("backup.by"),
          <span key="by" data-raw>
            {by}
          </span>,
        ],
        [t("backup.with"), t(artifacts ? "backup.with.results" : "backup.with.none")],
        [t("backup.audit"), <Fingerprint key="head" of={head} />],
      ]}
    />
  );
}

function HowTo() {
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
