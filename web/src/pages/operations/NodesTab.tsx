/** This node, and every partner with its health. */
import { useGet } from "../../api/hooks";
import type { NodeDescription } from "../../api/types";
import { useFormat } from "../../core/format";
import { useMe } from "../../core/session";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { Time } from "../../ui/Diagnostic";
import { KeyValue } from "../../ui/KeyValue";
import { Party } from "../../ui/Party";
import { Section } from "../../ui/Section";
import { Fingerprint } from "./Fingerprint";
import { Keys } from "./Keys";
import { Machine } from "./Machine";
import styles from "./Operations.module.css";
import { Peers } from "./Peers";
import { operations } from "./texts";

export function NodesTab() {
  const t = operations.useT();
  const may = useMe().can("node.diagnose");
  const query = useGet("/node");
  return (
    <>
      <Section title={t("this_node")} lead={t("this_node.lead")}>
        <Async query={query}>{(node) => <Own node={node} />}</Async>
      </Section>
      {may && <Machine />}
      <Peers />
      {may && <Keys />}
    </>
  );
}

function Own({ node }: { node: NodeDescription }) {
  const t = operations.useT();
  const format = useFormat();
  return (
    <>
      <p className={styles.own}>
        <strong>{t("fingerprint")}</strong>
        <Fingerprint of={node.fingerprint} whole />
      </p>

      <KeyValue
        items={[
          [t("name"), <Party key="name" name={node.name} />],
          [t("institution"), <span key="institution">{node.institution}</span>],
          [t("version"), t("version.both", { version: node.version, protocol: `${node.protocol_version}` })],
          [t("started"), <Time key="started" at={node.started_at} />],
          [t("peer_address"), <code key="peer">{node.peer_address}</code>],
          [t("api_address"), <code key="api">{node.api_address}</code>],
          [t("running"), format.number(node.counts.jobs_running)],
          [t("workers"), format.number(node.counts.workers)],
          [
            t("cpu"),
            node.cpu_features.length === 0 ? (
              <Badge key="cpu" tone="warn">
                {t("cpu.none")}
              </Badge>
            ) : (
              <code key="cpu">{node.cpu_features.join(", ")}</code>
            ),
          ],
        ]}
      />
    </>
  );
}
