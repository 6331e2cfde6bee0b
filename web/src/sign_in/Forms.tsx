import { Button, SegmentedControl, TextInput } from "@mantine/core";
import { type FormEvent, Suspense, useState } from "react";
import { useGet } from "../api/hooks";
import { go, pathNow } from "../core/location";
import { useCodeText } from "../core/problems";
import { signIn, signInByCode } from "../core/session";
import { core } from "../core/texts";
import { Diagnostic } from "../ui/Diagnostic";
import { Password } from "../ui/Password";
import styles from "./Frame.module.css";

interface FormsProps {
  /** A one-time code that came with the link. */
  code?: string;
  /** Code of why a provider did not sign in. */
  error?: string;
  /** Who was signed in; their name stands in the form already. */
  name?: string;
  onDone?: () => void;
}

type Way = "password" | "code";

export function SignInForms({ code, error, name, onDone }: FormsProps) {
  const t = core.useT();
  const [way, setWay] = useState<Way>(code === undefined ? "password" : "code");
  const [fault, setFault] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const enter = async (attempt: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setFault(undefined);
    try {
      await attempt();
      if (pathNow() === "/sign-in") go("/", { replace: true });
      onDone?.();
    } catch (thrown) {
      setFault(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <SegmentedControl
        fullWidth
        mb="md"
        value={way}
        onChange={(chosen) => setWay(chosen as Way)}
        aria-label={t("sign_in")}
        data={[
          { value: "password", label: t("sign_in.with_password") },
          { value: "code", label: t("sign_in.with_code") },
        ]}
      />
      {way === "password" ? (
        <ByPassword name={name} busy={busy} enter={enter} />
      ) : (
        <ByCode code={code} busy={busy} enter={enter} />
      )}
      {fault !== undefined && (
        <div className={styles.foot}>
          <Diagnostic problem={fault} compact />
        </div>
      )}
      {fault === undefined && !busy && error !== undefined && (
        <Suspense fallback={null}>
          <Refused code={error} />
        </Suspense>
      )}
      <Providers />
    </>
  );
}

const REFUSED = "auth.oidc_refused";

/** The code comes out of the address, which anybody can write: nothing of it is shown but a meaning that is known here. */
function Refused({ code }: { code: string }) {
  const meaning = useCodeText();
  const known = code.startsWith("auth.") && meaning(code) !== undefined ? code : REFUSED;
  return (
    <div className={styles.foot}>
      <Diagnostic problem={{ code: known, message: meaning(known) ?? known }} compact />
    </div>
  );
}

interface WayProps {
  busy: boolean;
  enter: (attempt: () => Promise<void>) => Promise<void>;
}

function ByPassword({ name = "", busy, enter }: WayProps & { name?: string }) {
  const t = core.useT();
  const [user, setUser] = useState(name);
  const [password, setPassword] = useState("");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void enter(() => signIn(user.trim(), password));
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextInput
        label={t("sign_in.name")}
        value={user}
        onChange={(event) => setUser(event.currentTarget.value)}
        autoComplete="username"
        required
        data-autofocus={name === "" || undefined}
      />
      <Password
        label={t("sign_in.password")}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        autoComplete="current-password"
        required
        data-autofocus={name !== "" || undefined}
      />
      <Button type="submit" size="md" loading={busy}>
        {t("sign_in")}
      </Button>
    </form>
  );
}

function ByCode({ code = "", busy, enter }: WayProps & { code?: string }) {
  const t = core.useT();
  const [text, setText] = useState(code);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void enter(() => signInByCode(text.trim()));
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextInput
        label={t("sign_in.code")}
        description={code === "" ? t("sign_in.code_help") : t("sign_in.code_ready")}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        autoComplete="one-time-code"
        spellCheck={false}
        required
        data-autofocus
      />
      <Button type="submit" size="md" loading={busy} autoFocus={code !== ""}>
        {code === "" ? t("sign_in") : t("sign_in.go_on")}
      </Button>
    </form>
  );
}

function Providers() {
  const t = core.useT();
  const providers = useGet("/session/providers", undefined, { staleTime: 60_000 }).data?.items ?? [];
  if (providers.length === 0) return <p className={styles.foot}>{t("sign_in.first")}</p>;
  return (
    <>
      <p className={styles.or}>{t("sign_in.or")}</p>
      <div className={styles.providers}>
        {providers.map((provider) => (
          <Button key={provider.name} component="a" href={provider.start} variant="default">
            {t("sign_in.with", { provider: provider.title })}
          </Button>
        ))}
      </div>
    </>
  );
}
