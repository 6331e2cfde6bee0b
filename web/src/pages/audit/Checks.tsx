/** What was checked of a receipt, by the browser and by the node. */
import { useEffect, useState } from "react";
import type { ReceiptVerdict } from "../../api/types";
import { canVerifySignatures } from "../../core/crypto";
import { IconCircleCheck, IconCircleX } from "../../core/icons";
import { type Check, checkReceipt, type Keys, type SignedReceipt } from "../../core/receipt";
import { useW } from "../../core/texts";
import { Loading } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import styles from "./Audit.module.css";
import { audit } from "./texts";

interface Verdict {
  of: SignedReceipt;
  known: string;
  checks: Check[] | null;
}

/**
 * null: this browser cannot check signatures here. Never kept from one document to the next: a copy that was tampered
 * with has the job and the signatures of the true one.
 */
export function useBrowserChecks(receipt: SignedReceipt | undefined, keys: Keys): Check[] | null | undefined {
  const known = JSON.stringify(Object.entries(keys).sort());
  const [verdict, setVerdict] = useState<Verdict>();
  useEffect(() => {
    const pinned = Object.fromEntries(JSON.parse(known) as [string, string][]);
    if (receipt === undefined || Object.keys(pinned).length === 0) return;
    let gone = false;
    void canVerifySignatures()
      .then((can) => (can ? checkReceipt(receipt, pinned) : null))
      .then((checks) => !gone && setVerdict({ of: receipt, known, checks }));
    return () => {
      gone = true;
    };
  }, [receipt, known]);
  return verdict?.of === receipt && verdict?.known === known ? verdict.checks : undefined;
}

export function BrowserChecks({ checks }: { checks: Check[] | null | undefined }) {
  const t = audit.useT();
  if (checks === undefined) return <Loading height={280} />;
  if (checks === null) return <Badge tone="info">{t("no_ed25519")}</Badge>;
  const ok = checks.every((check) => check.ok);
  return (
    <>
      <Badge tone={ok ? "ok" : "bad"}>{t(ok ? "all_hold" : "some_fail")}</Badge>
      <ul className={styles.checks} aria-label={t("by_browser")}>
        {checks.map((check) => (
          <Line key={check.id} ok={check.ok} text={t(`check.${check.id}`)} found={check.found} />
        ))}
      </ul>
    </>
  );
}

export function NodeChecks({ verdict }: { verdict: ReceiptVerdict }) {
  const t = audit.useT();
  const w = useW();
  return (
    <>
      <Badge tone={verdict.ok ? "ok" : "bad"}>{t(verdict.ok ? "all_hold" : "some_fail")}</Badge>
      <ul className={styles.checks} aria-label={t("by_node")}>
        {verdict.checks.map((check) => (
          <Line
            key={check.id}
            ok={check.ok}
            text={w(check.text)}
            found={check.ok ? undefined : (check.found ?? undefined)}
          />
        ))}
      </ul>
    </>
  );
}

function Line({ ok, text, found }: { ok: boolean; text: string; found?: string }) {
  const t = audit.useT();
  const Sign = ok ? IconCircleCheck : IconCircleX;
  return (
    <li className={styles.check} data-bad={!ok || undefined}>
      <Sign size={20} role="img" aria-label={t(ok ? "holds" : "fails")} />
      <div>
        <p>{text}</p>
        {found !== undefined && (
          <p className={styles.found} data-raw>
            {found}
          </p>
        )}
      </div>
    </li>
  );
}
