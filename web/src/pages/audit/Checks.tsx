/** What was checked of a receipt, by the browser and by the node. */
import { useQuery } from "@tanstack/react-query";
import type { ReceiptVerdict } from "../../api/types";
import { canVerifySignatures } from "../../core/crypto";
import { IconCircleCheck, IconCircleX } from "../../core/icons";
import { type Check, checkReceipt, type Keys, type SignedReceipt } from "../../core/receipt";
import { useW } from "../../core/texts";
import { Loading } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import styles from "./Audit.module.css";
import { audit } from "./texts";

/** null: this browser cannot check signatures here. */
export function useBrowserChecks(receipt: SignedReceipt | undefined, keys: Keys): Check[] | null | undefined {
  const known = Object.keys(keys).sort().join(" ");
  return useQuery({
    queryKey: ["receipt in the browser", receipt?.receipt.job_id, known, receipt?.signatures],
    queryFn: async () => {
      if (receipt === undefined || !(await canVerifySignatures())) return null;
      return checkReceipt(receipt, keys);
    },
    enabled: receipt !== undefined && known !== "",
  }).data;
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
