/** Over the page when the session has ended: the page stays as it is, and goes on after signing in. */
import { Button, Modal } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useMe } from "../core/session";
import { core } from "../core/texts";

const Forms = lazy(async () => ({ default: (await import("../sign_in/Forms")).SignInForms }));

export function Expired() {
  const t = core.useT();
  const me = useMe();
  return (
    <Modal
      opened
      onClose={() => {}}
      title={t("expired.title")}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
    >
      <p>{t("expired.text")}</p>
      <Suspense fallback={null}>
        <Forms name={me.name} />
      </Suspense>
      <Button variant="subtle" fullWidth mt="sm" onClick={() => window.location.reload()}>
        {t("expired.other")}
      </Button>
    </Modal>
  );
}
