/** Who signed a receipt, and what each step left. */
import type { ReactNode } from "react";
import { useFormat } from "../../core/format";
import type { Account, Keys, SignedReceipt } from "../../core/receipt";
import { Badge } from "../../ui/Badge";
import { Copy } from "../../ui/Copy";
import { type Col, DataTable } from "../../ui/DataTable";
import { Time } from "../../ui/Diagnostic";
import { Party } from "../../ui/Party";
import { Section } from "../../ui/Section";
import styles from "./Audit.module.css";
import { audit } from "./texts";

const isoOf = (millis: number): string => new Date(millis).toISOString();

interface Signer {
  party: string;
  approved: number;
  software: string;
  datasets: [name: string, rows: number][];
  fingerprint?: string;
  signed: boolean;
}

export function Signers({ receipt, keys }: { receipt: SignedReceipt; keys: Keys }) {
  const t = audit.useT();
  const format = useFormat();
  const rows: Signer[] = Object.entries(receipt.receipt.agreement.parts).map(([party, { part }]) => ({
    party,
    approved: part.approved,
    software: part.software,
    datasets: Object.entries(part.datasets ?? {}).map(([name, facts]) => [name, facts.rows]),
    fingerprint: keys[party],
    signed: party in receipt.signatures,
  }));
  const columns: Col<Signer>[] = [
    { key: "party", title: t("party"), sort: (row) => row.party, cell: (row) => <Party name={row.party} /> },
    {
      key: "approved",
      title: t("approved_at"),
      tight: true,
      sort: (row) => row.approved,
      cell: (row) => <Time at={isoOf(row.approved)} />,
    },
    {
      key: "datasets",
      title: t("brought"),
      cell: (row): ReactNode =>
        row.datasets.length === 0
          ? t("brought.nothing")
          : row.datasets.map(([name, count]) => (
              <div key={name}>
                <code>{name}</code> {t("rows", { count })}
              </div>
            )),
    },
    { key: "software", title: t("software"), cell: (row) => row.software },
    {
      key: "signed",
      title: t("countersigned"),
      cell: (row) => <Badge tone={row.signed ? "ok" : "bad"}>{t(row.signed ? "holds" : "fails")}</Badge>,
    },
    {
      key: "key",
      title: t("fingerprint"),
      cell: (row) =>
        row.fingerprint === undefined ? (
          <Badge tone="warn">{t("not_pinned")}</Badge>
        ) : (
          <span className={styles.line}>
            <code title={row.fingerprint}>{row.fingerprint.slice(0, 16)}…</code>
            <Copy value={row.fingerprint} what={t("fingerprint")} />
          </span>
        ),
    },
  ];
  return (
    <Section title={t("signers")} lead={t("signers.lead", { time: format.time(receipt.receipt.issued) })} flush>
      <DataTable caption={t("signers")} columns={columns} rows={rows} rowKey={(row) => row.party} />
    </Section>
  );
}

interface Told extends Account {
  party: string;
}

export function Steps({ receipt }: { receipt: SignedReceipt }) {
  const t = audit.useT();
  const format = useFormat();
  const order = new Map(receipt.receipt.agreement.flow.steps.map((step, place) => [step.id, place]));
  const rows: Told[] = Object.entries(receipt.receipt.statements)
    .flatMap(([party, { statement }]) => statement.steps.map((account) => ({ ...account, party })))
    .sort((one, other) => (order.get(one.step) ?? 0) - (order.get(other.step) ?? 0));
  const columns: Col<Told>[] = [
    { key: "step", title: t("step"), cell: (row) => <code>{row.step}</code>, text: (row) => row.step },
    {
      key: "operator",
      title: t("operator"),
      cell: (row) => `${row.operator} ${row.version}`,
      text: (row) => row.operator,
    },
    { key: "party", title: t("party"), cell: (row) => <Party name={row.party} size="sm" />, text: (row) => row.party },
    { key: "role", title: t("role"), cell: (row) => row.role },
    {
      key: "took",
      title: t("took"),
      align: "right",
      sort: (row) => row.ended - row.started,
      cell: (row) => format.seconds((row.ended - row.started) / 1000),
    },
    { key: "inputs", title: t("inputs"), cell: (row) => <Digests of={row.inputs} /> },
    { key: "outputs", title: t("outputs"), cell: (row) => <Digests of={{ ...row.outputs, ...row.public_outputs }} /> },
    { key: "transcripts", title: t("transcripts"), cell: (row) => <Digests of={row.transcripts} /> },
  ];
  return (
    <Section title={t("statements")} lead={t("statements.lead")}>
      <DataTable
        caption={t("statements")}
        columns={columns}
        rows={rows}
        rowKey={(row) => `${row.party} ${row.step} ${row.role}`}
        filter
      />
    </Section>
  );
}

function Digests({ of }: { of: Record<string, string> | undefined }) {
  const found = Object.entries(of ?? {});
  if (found.length === 0) return <span>–</span>;
  return found.map(([name, digest]) => (
    <div key={name} className={styles.hex} title={digest}>
      {name} {digest.slice(0, 8)}…
    </div>
  ));
}
