/** A receipt that came by mail or on a stick: checked in the browser, and by the node. */
import { Button, FileButton, Textarea } from "@mantine/core";
import { useState } from "react";
import { useAct } from "../../api/hooks";
import { isReceipt, type SignedReceipt } from "../../core/receipt";
import { Diagnostic } from "../../ui/Diagnostic";
import styles from "./Audit.module.css";
import { BrowserChecks, NodeChecks, useBrowserChecks } from "./Checks";
import { usePinned } from "./pinned";
import { audit } from "./texts";

/** A receipt, or the bundle that holds one. */
export function receiptIn(text: string): SignedReceipt | undefined {
  try {
    const document: unknown = JSON.parse(text);
    if (isReceipt(document)) return document;
    const inner = (document as { receipt?: unknown } | null)?.receipt;
    return isReceipt(inner) ? inner : undefined;
  } catch {
    return undefined;
  }
}

export function Foreign() {
  const t = audit.useT();
  const [text, setText] = useState("");
  const receipt = receiptIn(text);
  return (
    <div className={styles.verdicts}>
      <div className={styles.drop}>
        <FileButton
          accept="application/json,.json"
          onChange={async (file) => file !== null && setText(await file.text())}
        >
          {(props) => (
            <Button variant="default" {...props}>
              {t("foreign.file")}
            </Button>
          )}
        </FileButton>
        <span>{t("foreign.or")}</span>
      </div>
      <Textarea
        label={t("foreign.text")}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        minRows={3}
        maxRows={8}
        autosize
        spellCheck={false}
        error={text.trim() !== "" && receipt === undefined ? t("foreign.none") : undefined}
      />
      {receipt !== undefined && <Told key={receipt.receipt.job_id} receipt={receipt} />}
    </div>
  );
}

function Told({ receipt }: { receipt: SignedReceipt }) {
  const t = audit.useT();
  const checks = useBrowserChecks(receipt, usePinned());
  const verify = useAct("post", "/receipts/verify");
  return (
    <div className={styles.two}>
      <div>
        <h3>{t("by_browser")}</h3>
        <BrowserChecks checks={checks} />
      </div>
      <div>
        <h3>{t("by_node")}</h3>
        {verify.data === undefined ? (
          <Button
            variant="default"
            loading={verify.isPending}
            onClick={() => verify.mutate({ body: { receipt: receipt as unknown as Record<string, unknown> } })}
          >
            {t("check_node")}
          </Button>
        ) : (
          <NodeChecks verdict={verify.data} />
        )}
        {verify.error !== null && <Diagnostic problem={verify.error} compact />}
      </div>
    </div>
  );
}
