/** First: which place? One that is known, or a new one. */
import { Button } from "@mantine/core";
import IconBucket from "@tabler/icons-react/dist/esm/icons/IconBucket.mjs";
import IconDatabase from "@tabler/icons-react/dist/esm/icons/IconDatabase.mjs";
import IconFolder from "@tabler/icons-react/dist/esm/icons/IconFolder.mjs";
import IconWorld from "@tabler/icons-react/dist/esm/icons/IconWorld.mjs";
import { useState } from "react";
import { useAct, useGet } from "../../../api/hooks";
import { Can } from "../../../core/permissions";
import { Card, Section } from "../../../ui/Section";
import { useKept } from "../kept";
import { data } from "../texts";
import { ConnectionForm, type FormValues } from "./ConnectionForm";
import styles from "./connect.module.css";
import { KIND_NAMES, type KindName, parted, placeOf, splitValues } from "./kinds";
import type { StageProps } from "./page";

const ICONS = { folder: IconFolder, postgresql: IconDatabase, mysql: IconDatabase, s3: IconBucket, http: IconWorld };

export function Source({ plan, change }: StageProps) {
  const t = data.useT();
  const [kind, setKind] = useKept<KindName>("connect kind");
  const known = useGet("/connections", { query: { limit: 500 } }).data?.items ?? [];
  const names = new Set(known.map(({ name }) => name));
  const take = (connection: string, its: string, file?: string): void =>
    change({ connection, kind: its, file, stage: "test", entries: connection === plan.connection ? plan.entries : [] });
  return (
    <>
      <Card tone="info">{t("connect.stays")}</Card>
      {known.length > 0 && (
        <Section title={t("source.known")}>
          <ul className={styles.choices}>
            {known.map((one) => (
              <li key={one.name}>
                <button type="button" className={styles.choice} onClick={() => take(one.name, one.kind)}>
                  <Sign kind={one.kind as KindName} />
                  <strong>{one.name}</strong>
                  <span className={styles.soft}>{placeOf(one)}</span>
                </button>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Can action="source.add">
        <Section title={t("source.new")}>
          <fieldset className={styles.plain}>
            <legend className={styles.legend}>{t("source.kind")}</legend>
            <div className={styles.choices}>
              {KIND_NAMES.map((one) => (
                <label key={one} className={styles.choice} data-chosen={kind === one || undefined}>
                  <input type="radio" name="kind" checked={kind === one} onChange={() => setKind(one)} />
                  <Sign kind={one} />
                  <strong>{t(`kind.${one}`)}</strong>
                  <span className={styles.soft}>{t(`kind.${one}.text`)}</span>
                </label>
              ))}
            </div>
          </fieldset>
          {kind !== undefined && (
            <NewSource key={kind} kind={kind} taken={names} onMade={(name, file) => take(name, kind, file)} />
          )}
        </Section>
      </Can>
    </>
  );
}

function Sign({ kind }: { kind: KindName }) {
  const Icon = ICONS[kind] ?? IconDatabase;
  return <Icon size={22} stroke={1.6} aria-hidden className={styles.sign} />;
}

interface NewSourceProps {
  kind: KindName;
  taken: ReadonlySet<string>;
  onMade: (name: string, file?: string) => void;
}

function NewSource({ kind, taken, onMade }: NewSourceProps) {
  const t = data.useT();
  const [typed, keep] = useKept<FormValues>(`connect ${kind}`);
  const [secrets, setSecrets] = useState({});
  const add = useAct("post", "/connections", { invalidates: ["/connections"] });
  const send = (values: FormValues): void => {
    const body = { kind, name: values.name, description: values.description };
    const { values: options, file } = parted(kind, values.options);
    add.mutate(
      { body: { ...body, ...splitValues(kind, { ...options, ...secrets }) } },
      {
        onSuccess: (made) => {
          keep(undefined);
          onMade(made.name, file);
        },
      },
    );
  };
  return (
    <ConnectionForm
      kind={kind}
      values={typed ?? { name: "", description: "", options: {} }}
      onChange={keep}
      secrets={secrets}
      onSecrets={setSecrets}
      onSubmit={send}
      problem={add.error ?? undefined}
      taken={taken}
    >
      <Button type="submit" loading={add.isPending}>
        {t("source.add")}
      </Button>
    </ConnectionForm>
  );
}
