/** Making and accepting invitations, with what each side does next. */
import { Button, Group, Select, Textarea } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAct } from "../../api/hooks";
import { useFormat } from "../../core/format";
import { Can } from "../../core/permissions";
import { core } from "../../core/texts";
import { Copy } from "../../ui/Copy";
import { Diagnostic } from "../../ui/Diagnostic";
import { Dialog } from "../../ui/Dialog";
import { Party } from "../../ui/Party";
import { Card } from "../../ui/Section";
import { Fingerprint } from "./Fingerprint";
import styles from "./Operations.module.css";
import { operations } from "./texts";

/** The two ways to a partner, as buttons. */
export function Connect() {
  const t = operations.useT();
  const [dialog, setDialog] = useState<"invite" | "accept">();
  const close = (): void => setDialog(undefined);
  return (
    <>
      <Can action="invitation.accept">
        <Button variant="default" onClick={() => setDialog("accept")}>
          {t("accept")}
        </Button>
      </Can>
      <Can action="invitation.create">
        <Button onClick={() => setDialog("invite")}>{t("invite")}</Button>
      </Can>
      <Dialog opened={dialog === "invite"} onClose={close} title={t("invite")} size="lg">
        <InviteForm onClose={close} />
      </Dialog>
      <Dialog opened={dialog === "accept"} onClose={close} title={t("accept")} size="lg">
        <AcceptForm onClose={close} />
      </Dialog>
    </>
  );
}

const HOUR_S = 3_600;
const LIFETIMES = [1, 24, 72, 720] as const;

function InviteForm({ onClose }: { onClose: () => void }) {
  const t = operations.useT();
  const shared = core.useT();
  const format = useFormat();
  const [hours, setHours] = useState("24");
  const invite = useAct("post", "/invitations", { invalidates: ["/invitations"] });
  if (invite.data !== undefined) {
    const { code, expires_at } = invite.data;
    return (
      <div className={styles.form}>
        <Card tone="warn">{t("invite.once")}</Card>
        <div className={styles.code}>
          <code data-raw>{code}</code>
          <Copy value={code} what={t("invite.copy")} label />
        </div>
        <ol className={styles.steps}>
          <li>{t("invite.step.send")}</li>
          <li>{t("invite.step.enter", { time: format.time(expires_at) })}</li>
          <li>{t("invite.step.compare")}</li>
        </ol>
        <Button onClick={onClose}>{t("invite.done")}</Button>
      </div>
    );
  }
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        invite.mutate({ body: { expires_in_s: Number(hours) * HOUR_S } });
      }}
    >
      <p className={styles.soft}>{t("invite.text")}</p>
      <Select
        label={t("invite.lives")}
        data={LIFETIMES.map((each) => ({ value: `${each}`, label: t(`lives.${each}`) }))}
        value={hours}
        allowDeselect={false}
        onChange={(value) => setHours(value ?? "24")}
      />
      {invite.error !== null && <Diagnostic problem={invite.error} compact />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {shared("cancel")}
        </Button>
        <Button type="submit" loading={invite.isPending}>
          {t("invite.make")}
        </Button>
      </Group>
    </form>
  );
}

function AcceptForm({ onClose }: { onClose: () => void }) {
  const t = operations.useT();
  const shared = core.useT();
  const [code, setCode] = useState("");
  const accept = useAct("post", "/invitations/accept", { invalidates: ["/peers", "/node"], success: t("accepted") });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    accept.mutate({ body: { code: code.trim() } });
  };
  if (accept.data !== undefined) {
    return (
      <div className={styles.form}>
        <p>
          <Party name={accept.data.name} /> <span data-raw>{accept.data.institution}</span>
        </p>
        <p className={styles.soft}>{t("accept.compare")}</p>
        <Fingerprint of={accept.data.fingerprint} whole />
        <Button onClick={onClose}>{t("invite.done")}</Button>
      </div>
    );
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <p className={styles.soft}>{t("accept.text")}</p>
      <Textarea
        label={t("accept.code")}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
        autosize
        minRows={3}
        maxRows={8}
        spellCheck={false}
        required
        data-autofocus
      />
      {accept.error !== null && <Diagnostic problem={accept.error} compact />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {shared("cancel")}
        </Button>
        <Button type="submit" loading={accept.isPending} disabled={code.trim() === ""}>
          {t("accept.do")}
        </Button>
      </Group>
    </form>
  );
}
