/** A fingerprint: short in lists, whole where people compare it. */
import { Copy } from "../../ui/Copy";
import styles from "./Operations.module.css";
import { operations } from "./texts";

/** In groups of four, so that two people can read it to each other. */
export const grouped = (fingerprint: string): string => fingerprint.match(/.{1,4}/g)?.join(" ") ?? "";

interface FingerprintProps {
  of: string;
  whole?: boolean;
  /** Only for looking at: where copying it would defeat the comparison. */
  bare?: boolean;
}

export function Fingerprint({ of, whole, bare }: FingerprintProps) {
  const t = operations.useT();
  return (
    <span className={whole ? styles.whole : styles.finger}>
      <code title={bare ? undefined : of}>{whole ? grouped(of) : `${grouped(of.slice(0, 16))} …`}</code>
      {!bare && <Copy value={of} what={t("fingerprint")} />}
    </span>
  );
}
