/** This node in figures. */
import { useGet } from "../../api/hooks";
import { Async } from "../../ui/Async";
import { Copy } from "../../ui/Copy";
import { Time } from "../../ui/Diagnostic";
import { KeyValue } from "../../ui/KeyValue";
import { Party } from "../../ui/Party";
import { Section } from "../../ui/Section";
import styles from "./home.module.css";
import { home } from "./texts";

export function ThisNode() {
  const t = home.useT();
  const query = useGet("/node");
  return (
    <Section title={t("node")}>
      <Async query={query} height={160}>
        {(node) => (
          <KeyValue
            wide
            items={[
              [t("node.organisation"), <Party key="party" name={node.name} size="sm" />],
              [t("node.institution"), node.institution],
              [t("node.datasets"), node.counts.datasets],
              [t("node.version"), node.version],
              [t("node.since"), <Time key="since" at={node.started_at} how="ago" />],
              [t("node.fingerprint"), <Fingerprint key="fingerprint" value={node.fingerprint} />],
            ]}
          />
        )}
      </Async>
    </Section>
  );
}

function Fingerprint({ value }: { value: string }) {
  const t = home.useT();
  return (
    <span className={styles.fingerprint}>
      <code title={value}>{value.slice(0, 12)}…</code>
      <Copy value={value} what={t("node.fingerprint")} />
    </span>
  );
}
