/** A receipt that came by mail or on a stick: checked in the browser, and by the node. */
import { Button, FileButton, Textarea } from "@mantine/core";
import { useMemo, useState } from "react";
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

/** As much as the node takes. */
const LARGEST = 8 << 20;

export function Foreign() {
  const t = audit.useT();
  const [text, setText] = useState("");
  const [tooLarge, setTooLarge] = useState(false);
  const receipt = useMemo(() => receiptIn(text), [text]);
  const take = async (file: File | null): Promise<void> => {
    if (file === null) return;
    setTooLarge(file.size > LARGEST);
    setText(file.size > LARGEST ? "" : await file.text());
  };
  return (
    <div className={styles.verdicts}>
      <div className={styles.drop}>
        <FileButton accept="application/json,.json" onChange={(file) => void take(file)}>
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
        onChange={(event) => {
          setTooLarge(false);
          setText(event.currentTarget.value);
        }}
        minRows={3}
        maxRows={8}
        autosize
        spellCheck={false}
        error={tooLarge || (text.trim() !== "" && receipt === undefined) ? t("foreign.none") : undefined}
      />
      {receipt !== undefined && <Told key={text} receipt={receipt} />}
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
