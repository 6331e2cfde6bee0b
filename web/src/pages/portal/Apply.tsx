/** Applying to join the node of an organisation that publishes its address and fingerprint. */
import { Button, Group, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAct } from "../../api/hooks";
import { go } from "../../core/location";
import { core } from "../../core/texts";
import { Diagnostic } from "../../ui/Diagnostic";
import { Dialog } from "../../ui/Dialog";
import styles from "./Portal.module.css";
import { applicationPlace } from "./page";
import { portal } from "./texts";

export function Apply({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = portal.useT();
  return (
    <Dialog opened={opened} onClose={onClose} title={t("apply")} size="lg">
      <Form onClose={onClose} />
    </Dialog>
  );
}

/** Spaces and colons are for people. */
export const plain = (fingerprint: string): string => fingerprint.replace(/[\s:]/g, "").toLowerCase();

function Form({ onClose }: { onClose: () => void }) {
  const t = portal.useT();
  const shared = core.useT();
  const [address, setAddress] = useState("");
  const [fingerprint, setFingerprint] = useState("");
  const [message, setMessage] = useState("");
  const apply = useAct("post", "/applications", { invalidates: ["/applications"], success: t("applied") });
  const whole = /^[0-9a-f]{64}$/.test(plain(fingerprint));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const body = { address: address.trim(), fingerprint: plain(fingerprint), message };
    apply.mutate({ body }, { onSuccess: (made) => go(applicationPlace(made.id)) });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <p className={styles.soft}>{t("apply.text")}</p>
      <TextInput
        label={t("address")}
        description={t("apply.address_help")}
        value={address}
        onChange={(event) => setAddress(event.currentTarget.value)}
        spellCheck={false}
        required
        data-autofocus
      />
      <TextInput
        label={t("fingerprint")}
        description={t("apply.fingerprint_help")}
        value={fingerprint}
        onChange={(event) => setFingerprint(event.currentTarget.value)}
        error={fingerprint.trim() !== "" && !whole ? t("fingerprint.form") : undefined}
        spellCheck={false}
        required
      />
      <Textarea
        label={t("message")}
        description={t("apply.message_help")}
        value={message}
        maxLength={500}
        autosize
        minRows={2}
        onChange={(event) => setMessage(event.currentTarget.value)}
      />
      {apply.error !== null && <Diagnostic problem={apply.error} compact />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {shared("cancel")}
        </Button>
        <Button type="submit" loading={apply.isPending} disabled={!whole}>
          {t("apply.do")}
        </Button>
      </Group>
    </form>
  );
}
