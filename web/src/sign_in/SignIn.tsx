/** Ways in: a password, a one-time code, an identity provider. */
import { useState } from "react";
import { go, queryNow } from "../core/location";
import { core } from "../core/texts";
import { SignInForms } from "./Forms";
import { Frame } from "./Frame";

/** The code of the link is taken out of the address at once: the address stays in the history. */
function takeFromAddress(): { code?: string; error?: string } {
  const query = queryNow();
  const code = query.get("code") ?? undefined;
  const error = query.get("error") ?? undefined;
  if (code !== undefined || error !== undefined) {
    query.delete("code");
    query.delete("error");
    go(`/sign-in${query.size === 0 ? "" : `?${query}`}`, { replace: true });
  }
  return { code, error };
}

export default function SignIn() {
  const t = core.useT();
  const [{ code, error }] = useState(takeFromAddress);
  return (
    <Frame title={t("sign_in.title_plain")} lead={t("sign_in.lead")}>
      <SignInForms code={code} error={error} />
    </Frame>
  );
}
