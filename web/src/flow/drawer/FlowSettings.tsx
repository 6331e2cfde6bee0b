/** What belongs to the flow as a whole: its name, its security profile, who takes part. */
import { ActionIcon, Button, Select, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useGet } from "../../api/hooks";
import { IconX } from "../../core/icons";
import { useMe } from "../../core/session";
import { Party } from "../../ui/Party";
import { setName, setParties, setProfile, setTitle } from "../commands";
import { isName, type PartyKind, PROFILES } from "../document";
import { sides } from "../sides/texts";
import { useFlow, useFlowStore } from "../store";
import styles from "./Drawer.module.css";

export function FlowSettings() {
  const t = sides.useT();
  return (
    <div className={styles.stack}>
      <h2 className={styles.title}>{t("flow.settings")}</h2>
      <p className={styles.quiet}>{t("flow.lead")}</p>
      <FlowName />
      <Titles />
      <ProfileSelect />
      <Parties />
    </div>
  );
}

function FlowName() {
  const t = sides.useT();
  const store = useFlowStore();
  const name = useFlow((state) => state.doc.name);
  const [text, setText] = useState(name);
  useEffect(() => setText(name), [name]);
  return (
    <div data-path="name">
      <TextInput
        label={t("flow.name")}
        description={t("flow.name.help")}
        value={text}
        spellCheck={false}
        error={isName(text) ? undefined : t("name.bad")}
        onChange={(event) => {
          const next = event.currentTarget.value;
          setText(next);
          if (isName(next)) store.run(setName(next), t("undo.name"), "name");
        }}
        onBlur={() => setText(name)}
      />
    </div>
  );
}

function Titles() {
  const t = sides.useT();
  const store = useFlowStore();
  const title = useFlow((state) => state.doc.title);
  const put = (language: "zh" | "en", text: string): void => {
    const { [language]: _, ...others } = title ?? {};
    const next = text === "" ? others : { ...title, [language]: text };
    store.run(setTitle(Object.keys(next).length === 0 ? undefined : next), t("undo.title"), `title:${language}`);
  };
  return (["zh", "en"] as const).map((language) => (
    <TextInput
      key={language}
      label={t(`flow.title.${language}`)}
      value={title?.[language] ?? ""}
      lang={language}
      onChange={(event) => put(language, event.currentTarget.value)}
    />
  ));
}

function ProfileSelect() {
  const t = sides.useT();
  const store = useFlowStore();
  const profile = useFlow((state) => state.doc.profile);
  const known = PROFILES.map((name) => ({ value: name as string, label: t(`profile.${name}`) }));
  return (
    <div data-path="profile">
      <Select
        label={t("flow.profile")}
        description={t("flow.profile.help")}
        data={known.some((option) => option.value === profile) ? known : [...known, { value: profile, label: profile }]}
        value={profile}
        allowDeselect={false}
        onChange={(next) => next !== null && store.run(setProfile(next), t("undo.profile"))}
        comboboxProps={{ withinPortal: true }}
      />
    </div>
  );
}

function Parties() {
  const t = sides.useT();
  const store = useFlowStore();
  const parties = useFlow((state) => state.doc.parties);
  const put = (next: Record<string, PartyKind>): void => store.run(setParties(next), t("undo.parties"));
  const remove = (name: string): void => {
    const { [name]: _, ...left } = parties;
    put(left);
  };
  return (
    <div className={styles.stack} data-path="parties">
      <h3 className={styles.heading}>{t("flow.parties")}</h3>
      <ul className={styles.parties} aria-label={t("flow.parties")}>
        {Object.entries(parties).map(([name, kind]) => (
          <li key={name}>
            <Party name={name} kind={kind} />
            <Select
              size="xs"
              w={150}
              aria-label={t("flow.brings", { party: name })}
              data={[
                { value: "data", label: t("kind.data") },
                { value: "dealer", label: t("kind.dealer") },
              ]}
              value={kind}
              allowDeselect={false}
              onChange={(next) => put({ ...parties, [name]: next as PartyKind })}
              comboboxProps={{ withinPortal: true }}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t("flow.remove_party", { party: name })}
              disabled={Object.keys(parties).length === 1}
              onClick={() => remove(name)}
            >
              <IconX size={16} aria-hidden />
            </ActionIcon>
          </li>
        ))}
      </ul>
      <AddParty onAdd={(name) => put({ ...parties, [name]: newKind(parties) })} taken={Object.keys(parties)} />
    </div>
  );
}

/** The third party of a flow that has none is usually the dealer; before that, parties bring data. */
const newKind = (parties: Readonly<Record<string, PartyKind>>): PartyKind =>
  Object.keys(parties).length === 2 && !Object.values(parties).includes("dealer") ? "dealer" : "data";

function AddParty({ onAdd, taken }: { onAdd: (name: string) => void; taken: string[] }) {
  const t = sides.useT();
  const me = useMe();
  const peers = useGet("/peers", undefined, { enabled: me.can("peer.read") });
  const [name, setNameOf] = useState<string | null>(null);
  const all = [me.node?.name, ...(peers.data?.items ?? []).map((peer) => peer.name)];
  const left = all.filter((known): known is string => known !== undefined && !taken.includes(known));
  return (
    <div className={styles.row}>
      <Select
        label={t("flow.add_party")}
        placeholder={left.length === 0 ? t("flow.no_more") : undefined}
        disabled={left.length === 0}
        data={left}
        value={name}
        onChange={setNameOf}
        renderOption={({ option }) => <Party name={option.value} size="sm" />}
        comboboxProps={{ withinPortal: true }}
      />
      <Button
        variant="default"
        disabled={name === null}
        onClick={() => {
          if (name !== null) onAdd(name);
          setNameOf(null);
        }}
      >
        {t("flow.add")}
      </Button>
    </div>
  );
}
