/** Oneself: name and roles, language and appearance, password, where one is signed in. */
import { Button, SegmentedControl, useMantineColorScheme } from "@mantine/core";
import { useState } from "react";
import { useRoleName } from "../../actors/Actor";
import { useAct, usePages } from "../../api/hooks";
import type { SignInSession } from "../../api/types";
import { setLanguage, useLanguage } from "../../core/language";
import { notify } from "../../core/notify";
import { useMe } from "../../core/session";
import { core } from "../../core/texts";
import { PasswordForm } from "../../sign_in/PasswordForm";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { KeyValue } from "../../ui/KeyValue";
import { Section } from "../../ui/Section";
import { Sessions } from "./Sessions";
import styles from "./Settings.module.css";
import { settings } from "./texts";

export function MeTab() {
  const t = settings.useT();
  const me = useMe();
  const role = useRoleName();
  return (
    <>
      <Section title={t("me.who")}>
        <KeyValue
          items={[
            [t("user.name"), <strong key="name">{me.name}</strong>],
            [t("user.display_name"), me.displayName],
            [
              t("user.roles"),
              <span key="roles" className={styles.row}>
                {me.roles.map((each) => (
                  <Badge key={each} tone="info">
                    {role(each)}
                  </Badge>
                ))}
              </span>,
            ],
          ]}
        />
      </Section>
      <Taste />
      {me.can("session.change") && <Password />}
      <OwnSessions />
    </>
  );
}

/** Language and appearance, kept in this browser. */
function Taste() {
  const t = settings.useT();
  const shared = core.useT();
  const language = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Section title={t("me.taste")} lead={t("me.taste_lead")}>
      <div className={styles.row}>
        <div className={styles.choice}>
          <p id="choose-language">{shared("language")}</p>
          <SegmentedControl
            aria-labelledby="choose-language"
            value={language}
            onChange={(next) => setLanguage(next === "zh" ? "zh" : "en")}
            data={(["en", "zh"] as const).map((each) => ({ value: each, label: shared(`language.${each}`) }))}
          />
        </div>
        <div className={styles.choice}>
          <p id="choose-theme">{shared("theme")}</p>
          <SegmentedControl
            aria-labelledby="choose-theme"
            value={colorScheme}
            onChange={(next) => setColorScheme(next === "dark" || next === "light" ? next : "auto")}
            data={(["auto", "light", "dark"] as const).map((each) => ({ value: each, label: shared(`theme.${each}`) }))}
          />
        </div>
      </div>
    </Section>
  );
}

function Password() {
  const t = settings.useT();
  const shared = core.useT();
  const [changing, setChanging] = useState(false);
  const done = (): void => {
    setChanging(false);
    notify({ tone: "ok", text: shared("password.done") });
  };
  return (
    <Section title={t("me.password")} lead={shared("password.lead_change")}>
      {changing ? (
        <div className={styles.narrow}>
          <PasswordForm withOld onDone={done} />
          <Button mt="sm" variant="subtle" fullWidth onClick={() => setChanging(false)}>
            {shared("cancel")}
          </Button>
        </div>
      ) : (
        <Button variant="default" onClick={() => setChanging(true)}>
          {t("me.change_password")}
        </Button>
      )}
    </Section>
  );
}

function OwnSessions() {
  const t = settings.useT();
  const me = useMe();
  const { query, more } = usePages("/session/all");
  const others = useAct("delete", "/session/all", { invalidates: ["/session/all"] });
  const one = useAct("delete", "/session/all/{id}", { invalidates: ["/session/all"], success: t("sessions.ended") });
  const end = (session: SignInSession): Promise<unknown> => one.mutateAsync({ path: { id: session.id } });
  const endOthers = (): void =>
    others.mutate(
      {},
      { onSuccess: ({ ended }) => notify({ tone: "ok", text: t("sessions.ended_many", { count: ended }) }) },
    );
  return (
    <Section
      title={t("sessions")}
      lead={t("sessions.lead")}
      flush
      actions={
        me.can("session.change") && (query.data?.length ?? 0) > 1 ? (
          <Button variant="default" loading={others.isPending} onClick={endOthers}>
            {t("sessions.end_others")}
          </Button>
        ) : undefined
      }
    >
      <Async query={query}>{(rows) => <Sessions rows={rows} onMore={more} onEnd={end} />}</Async>
    </Section>
  );
}
