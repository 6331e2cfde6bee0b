/** Whether the chain of hashes holds: checked here, in the browser, and by the node. */
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useAct } from "../../api/hooks";
import type { Verification } from "../../api/types";
import { useFormat } from "../../core/format";
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from "../../core/icons";
import { Can } from "../../core/permissions";
import { Badge } from "../../ui/Badge";
import { Copy } from "../../ui/Copy";
import { Diagnostic } from "../../ui/Diagnostic";
import { Section } from "../../ui/Section";
import styles from "./Audit.module.css";
import { Save } from "./Save";
import { audit } from "./texts";
import { type Occurs, occurrenceOf, type Trail } from "./trail";

export function Integrity({ trail, onReload }: { trail: Trail; onReload: () => void }) {
  const t = audit.useT();
  const verify = useAct("post", "/audit/verify");
  return (
    <Section
      title={t("integrity")}
      lead={t("integrity.lead")}
      actions={
        <>
          <Button variant="default" loading={trail.loading} onClick={onReload}>
            {t("check_browser")}
          </Button>
          <Can action="audit.verify">
            <Button variant="default" loading={verify.isPending} onClick={() => verify.mutate({})}>
              {t("check_node")}
            </Button>
          </Can>
          <Save
            label={t("save")}
            name="audit-trail.json"
            document={() => ({ head: { entries: trail.state.number, hash: trail.state.hash }, entries: trail.entries })}
          />
        </>
      }
    >
      <div className={styles.verdicts}>
        <InBrowser trail={trail} />
        {verify.data !== undefined && <ByNode told={verify.data} trail={trail} />}
        {verify.error !== null && <Diagnostic problem={verify.error} compact />}
        {trail.broken === undefined && <Noted trail={trail} />}
      </div>
    </Section>
  );
}

function InBrowser({ trail }: { trail: Trail }) {
  const t = audit.useT();
  const format = useFormat();
  if (!trail.checked) {
    return (
      <p className={styles.verdict} data-tone="info">
        <IconInfoCircle size={22} aria-hidden />
        <span>{t("not_secure")}</span>
      </p>
    );
  }
  if (trail.broken !== undefined) {
    return (
      <div className={styles.verdict} data-tone="bad" role="alert">
        <IconAlertTriangle size={22} aria-hidden />
        <span>
          <strong>{t("broken", { number: format.number(trail.broken.number) })}</strong>{" "}
          {t(`broken.${trail.broken.code}`)}
        </span>
      </div>
    );
  }
  return (
    <div className={styles.verdict} data-tone="ok" role="status">
      <IconCircleCheck size={22} aria-hidden />
      <span>
        <strong>{t("whole", { count: trail.state.number })}</strong> {t("whole.how")}
        <span className={styles.head}>
          {t("head")} <code>{trail.state.hash}</code> <Copy value={trail.state.hash} what={t("head")} />
        </span>
      </span>
    </div>
  );
}

/** What the node says, and whether browser and node saw the same chain. */
function ByNode({ told, trail }: { told: Verification; trail: Trail }) {
  const t = audit.useT();
  if (told.error !== null) return <Diagnostic problem={told.error} />;
  const here = trail.entries.find((entry) => entry.number === told.entries);
  const same = here?.hash === told.head;
  return (
    <p className={styles.line}>
      <Badge tone="ok">{t("node.whole", { count: told.entries ?? 0 })}</Badge>
      {here !== undefined && <Badge tone={same ? "ok" : "bad"}>{t(same ? "node.same" : "node.other")}</Badge>}
    </p>
  );
}

/** Finds a cut or rewritten trail: a hash that somebody noted must still occur. */
function Noted({ trail }: { trail: Trail }) {
  const t = audit.useT();
  const [hash, setHash] = useState("");
  const asked = hash.trim().toLowerCase();
  const whole = /^[0-9a-f]{64}$/.test(asked);
  return (
    <div className={styles.noted}>
      <TextInput
        label={t("noted")}
        description={t("noted.help")}
        value={hash}
        onChange={(event) => setHash(event.currentTarget.value)}
        spellCheck={false}
        error={asked !== "" && !whole ? t("noted.form") : undefined}
      />
      {whole && !trail.loading && (
        <p role="status">
          <Occurrence of={occurrenceOf(trail, asked)} />
        </p>
      )}
    </div>
  );
}

function Occurrence({ of: { number, proves } }: { of: Occurs }) {
  const t = audit.useT();
  if (number === undefined) return <Badge tone="bad">{t("noted.missing")}</Badge>;
  if (!proves) return <Badge tone="info">{t("noted.unproved", { number })}</Badge>;
  return <Badge tone="ok">{t("noted.found", { number })}</Badge>;
}
