/** The key that seals the credentials of connections, and how to change it. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useAct } from "../../api/hooks";
import { notify } from "../../core/notify";
import { Confirm } from "../../ui/Confirm";
import { Section } from "../../ui/Section";
import { Command } from "./BackupTab";
import styles from "./Operations.module.css";
import { operations } from "./texts";

export function VaultTab() {
  const t = operations.useT();
  const [asking, setAsking] = useState(false);
  const rewrap = useAct("post", "/vault/rewrap");
  const go = async (): Promise<void> => {
    const { count } = await rewrap.mutateAsync({});
    notify({ tone: "ok", text: t("vault.done", { count }) });
  };
  return (
    <Section title={t("vault")} lead={t("vault.lead")}>
      <ol className={styles.steps}>
        <li>
          <Command
            text={t("vault.step.set")}
            command={'vault = "pkcs11:token=tacit;object=vault"\nvault_before = "file"'}
          />
        </li>
        <li>{t("vault.step.restart")}</li>
        <li>{t("vault.step.rewrap")}</li>
        <li>{t("vault.step.forget")}</li>
      </ol>
      <Button onClick={() => setAsking(true)}>{t("vault.rewrap")}</Button>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={t("vault.rewrap")}
        text={t("vault.confirm")}
        label={t("vault.rewrap")}
        onConfirm={go}
      />
    </Section>
  );
}
