/** A fingerprint: short in lists, whole where people compare it. */
import { Copy } from "../../ui/Copy";
import styles from "./Operations.module.css";
import { operations } from "./texts";

/** In groups of four, so that two people can read it to each other. */
export const grouped = (fingerprint: string): string => fingerprint.match(/.{1,4}/g)?.join(" ") ?? "";

export function Fingerprint({ of, whole }: { of: string; whole?: boolean }) {
  const t = operations.useT();
  return (
    <span className={whole ? styles.whole : styles.finger}>
      <code title={of}>{whole ? grouped(of) : `${grouped(of.slice(0, 16))} …`}</code>
      <Copy value={of} what={t("fingerprint")} />
    </span>
  );
}
