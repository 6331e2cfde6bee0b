import { Button } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { changePassword } from "../core/session";
import { core } from "../core/texts";
import { Diagnostic } from "../ui/Diagnostic";
import { Password } from "../ui/Password";
import styles from "./Frame.module.css";

/** `withOld`: for somebody who has a password already. */
export function PasswordForm({ withOld, onDone }: { withOld?: boolean; onDone: () => void }) {
  const t = core.useT();
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [again, setAgain] = useState("");
  const [fault, setFault] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const differs = again !== "" && again !== fresh;
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (fresh !== again) return;
    setBusy(true);
    setFault(undefined);
    try {
      await changePassword(withOld ? old : undefined, fresh);
      onDone();
    } catch (thrown) {
      setFault(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      {withOld && (
        <Password
          label={t("password.old")}
          value={old}
          onChange={(event) => setOld(event.currentTarget.value)}
          autoComplete="current-password"
          required
        />
      )}
      <Password
        label={t("password.new")}
        description={t("password.rule")}
        value={fresh}
        onChange={(event) => setFresh(event.currentTarget.value)}
        autoComplete="new-password"
        required
        minLength={12}
      />
      <Password
        label={t("password.repeat")}
        value={again}
        onChange={(event) => setAgain(event.currentTarget.value)}
        autoComplete="new-password"
        required
        error={differs ? t("password.differs") : undefined}
      />
      {fault !== undefined && <Diagnostic problem={fault} compact />}
      <Button type="submit" size="md" loading={busy} disabled={differs}>
        {t("password.set")}
      </Button>
    </form>
  );
}
