/** Who signed a receipt, and what each step left. */
import type { ReactNode } from "react";
import { useFormat } from "../../core/format";
import { own } from "../../core/own";
import type { Account, Check, Keys, SignedReceipt } from "../../core/receipt";
import { useSpecWords } from "../../forms/spec_words";
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
  signed: Signed;
}

const TONES = { holds: "ok", fails: "bad", unchecked: "info" } as const;
type Signed = keyof typeof TONES;

/** A signature that is there holds only if it was checked here. */
export function signedBy(party: string, { signatures }: SignedReceipt, checks: Check[] | null | undefined): Signed {
  if (own(signatures, party) === undefined) return "fails";
  const check = checks?.find((one) => one.id === "countersignatures");
  if (check === undefined) return "unchecked";
  return check.ok || !["?", party].some((name) => check.found?.split(", ").includes(name)) ? "holds" : "fails";
}

interface SignersProps {
  receipt: SignedReceipt;
  keys: Keys;
  checks: Check[] | null | undefined;
}

export function Signers({ receipt, keys, checks }: SignersProps) {
  const t = audit.useT();
  const format = useFormat();
  const rows: Signer[] = Object.entries(receipt.receipt.agreement.parts).map(([party, { part }]) => ({
    party,
    approved: part.approved,
    software: part.software,
    datasets: Object.entries(part.datasets ?? {}).map(([name, facts]) => [name, facts.rows]),
    fingerprint: own(keys, party),
    signed: signedBy(party, receipt, checks),
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
      cell: (row) => <Badge tone={TONES[row.signed]}>{t(row.signed)}</Badge>,
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
  const words = useSpecWords();
  const order = new Map(receipt.receipt.agreement.flow.steps.map((step, place) => [step.id, place]));
  const rows: Told[] = Object.entries(receipt.receipt.statements)
    .flatMap(([party, { statement }]) => statement.steps.map((account) => ({ ...account, party })))
    .sort((one, other) => (order.get(one.step) ?? 0) - (order.get(other.step) ?? 0));
  const columns: Col<Told>[] = [
    { key: "step", title: t("step"), cell: (row) => <code>{row.step}</code>, text: (row) => row.step },
    {
      key: "operator",
      title: t("operator"),
      cell: (row) => <span title={row.operator}>{`${words(row.operator).title} ${row.version}`}</span>,
      text: (row) => row.operator,
    },
    { key: "party", title: t("party"), cell: (row) => <Party name={row.party} size="sm" />, text: (row) => row.party },
    { key: "role", title: t("role"), cell: (row) => words(row.operator).role(row.role) },
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
