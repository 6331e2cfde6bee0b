/** Ways in: a password, a one-time code, an identity provider. */
import { useEffect, useState } from "react";
import { go, queryNow, useSearchText } from "../core/location";
import { core } from "../core/texts";
import { SignInForms } from "./Forms";
import { Frame } from "./Frame";

interface Taken {
  code?: string;
  error?: string;
}

function inAddress(): Taken {
  const query = queryNow();
  return { code: query.get("code") ?? undefined, error: query.get("error") ?? undefined };
}

/** The code of the link is taken out of the address at once: the address stays in the history. */
function cleanAddress(): void {
  const query = queryNow();
  query.delete("code");
  query.delete("error");
  go(`/sign-in${query.size === 0 ? "" : `?${query}`}`, { replace: true });
}

export default function SignIn() {
  const t = core.useT();
  const search = useSearchText();
  const [{ code, error }, setTaken] = useState(inAddress);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a link may be opened on this very page
  useEffect(() => {
    const found = inAddress();
    if (found.code === undefined && found.error === undefined) return;
    setTaken(found);
    cleanAddress();
  }, [search]);
  return (
    <Frame title={t("sign_in.title_plain")} lead={t("sign_in.lead")}>
      <SignInForms key={`${code} ${error}`} code={code} error={error} />
    </Frame>
  );
}
