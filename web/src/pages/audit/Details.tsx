/** One entry with everything that its hash covers. */
import { Button, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { Actor } from "../../actors/Actor";
import type { AuditEntry } from "../../api/types";
import { useFormat } from "../../core/format";
import { to } from "../../core/nav";
import { core } from "../../core/texts";
import { visible } from "../../core/visible";
import { Copy } from "../../ui/Copy";
import { KeyValue } from "../../ui/KeyValue";
import { Link } from "../../ui/Link";
import styles from "./Audit.module.css";
import { placeOf } from "./choice";
import { Subject } from "./Subject";
import { audit } from "./texts";
import { useActWords } from "./words";

/** Where a job says who learned what. */
function learned(subject: string): string[] {
  const [kind, id] = subject.split(":");
  return kind === "job" && id ? [to.job(id, "disclosures")] : [];
}

export function Details({ entry, onClose }: { entry?: AuditEntry; onClose: () => void }) {
  const t = audit.useT();
  const shared = core.useT();
  const words = useActWords();
  const format = useFormat();
  if (entry === undefined) return null;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t("entry", { number: format.number(entry.number) })}
      closeButtonProps={{ "aria-label": shared("close") }}
    >
      <KeyValue
        wide
        items={[
          [
            t("act"),
            <span key="act">
              {words(entry.act)} <code>{entry.act}</code>
            </span>,
          ],
          [t("actor"), <Actor key="actor" of={entry.actor} />],
          [
            t("subject"),
            <span key="subject" className={styles.line}>
              <Subject of={entry.subject} />
              <Link href={placeOf({ subject: entry.subject })}>{t("same")}</Link>
            </span>,
          ],
          [t("time"), format.utc(entry.at)],
          ...learned(entry.subject).map((href): [ReactNode, ReactNode] => [
            t("learned"),
            <Link key="learned" href={href}>
              {t("learned.see")}
            </Link>,
          ]),
          ...Object.entries(entry.details).map(([name, value]): [ReactNode, ReactNode] => [
            <code key={name}>{name}</code>,
            <span key={name} data-raw>
              {visible(`${value}`)}
            </span>,
          ]),
          [t("previous"), <code key="previous">{entry.previous}</code>],
          [t("hash"), <code key="hash">{entry.hash}</code>],
        ]}
      />
      <div className={styles.foot}>
        <Copy value={JSON.stringify(entry, null, 2)} what={t("entry.copy")} label />
        <Button variant="default" onClick={onClose}>
          {shared("close")}
        </Button>
      </div>
    </Modal>
  );
}
