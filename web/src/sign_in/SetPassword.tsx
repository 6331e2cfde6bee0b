/** After a one-time code: nothing goes on before there is a password. */
import { notify } from "../core/notify";
import { core } from "../core/texts";
import { Frame } from "./Frame";
import { PasswordForm } from "./PasswordForm";

export default function SetPassword() {
  const t = core.useT();
  return (
    <Frame title={t("password.title")} lead={t("password.lead")}>
      <PasswordForm onDone={() => notify({ tone: "ok", text: t("password.done") })} />
    </Frame>
  );
}
