/** "Your data in it": which own columns are read, how sensitive they are, and what each step does with them. */
import { useQuery } from "@tanstack/react-query";
import { act, useGet } from "../../../api/hooks";
import type { PolicyExplained } from "../../../api/types";
import { useFormat } from "../../../core/format";
import { to } from "../../../core/nav";
import type { FlowStep } from "../../../core/receipt";
import { useMe } from "../../../core/session";
import { useW } from "../../../core/texts";
import type { FlowDoc } from "../../../flow/document";
import { Badge, Level } from "../../../ui/Badge";
import { Link } from "../../../ui/Link";
import { Party } from "../../../ui/Party";
import { Section } from "../../../ui/Section";
import styles from "../Item.module.css";
import { approvals } from "../texts";
import { columnsRead, type Reading, readingsOf } from "../words";

interface OwnDataProps {
  flow: FlowDoc;
  initiator: string;
  agreement: string | null;
}

export function OwnData({ flow, initiator, agreement }: OwnDataProps) {
  const t = approvals.useT();
  const me = useMe().node?.name ?? "";
  const readings = readingsOf(flow.steps as readonly FlowStep[], me);
  const explained = useExplained(flow, initiator, agreement, readings.length > 0);
  return (
    <Section title={t("own")} lead={readings.length === 0 ? t("own.none") : t("own.lead")}>
      {readings.map((reading) => (
        <Dataset key={reading.step} reading={reading} />
      ))}
      {explained !== undefined && <Uses explained={explained} />}
    </Section>
  );
}

/** What the node's policies say; only for those who may read policies. */
function useExplained(flow: FlowDoc, initiator: string, agreement: string | null, wanted: boolean) {
  const me = useMe();
  const body = { flow: flow as unknown as Record<string, unknown>, initiator, agreement };
  return useQuery({
    queryKey: ["/policies/explain", body],
    queryFn: () => act("post", "/policies/explain", { body }),
    enabled: wanted && me.can("policy.read"),
    staleTime: 30_000,
  }).data;
}

function Dataset({ reading }: { reading: Reading }) {
  const t = approvals.useT();
  const format = useFormat();
  const me = useMe();
  const path = { name: reading.dataset };
  const known = useGet("/datasets/{name}", { path }).data;
  const labels = useGet("/datasets/{name}/labels", { path }, { enabled: me.can("label.read") }).data;
  const read = columnsRead(reading);
  const levels = new Map(labels?.items.map((label) => [label.column, label.level]));
  const columns = (known?.columns ?? []).filter((column) => read === undefined || read.has(column.name));
  return (
    <>
      <p className={styles.dataset}>
        <Link href={to.dataset(reading.dataset)}>
          <strong>{reading.dataset}</strong>
        </Link>
        <span>{t("own.rows", { count: known?.rows ?? 0 })}</span>
        <span>
          {read === undefined
            ? t("own.all_columns", { count: columns.length })
            : t("own.some_columns", { count: columns.length, total: format.number(known?.columns.length ?? 0) })}
        </span>
        {labels !== undefined && <Level level={labels.level} />}
      </p>
      <ul className={styles.columnList} aria-label={t("own.columns", { dataset: reading.dataset })}>
        {columns.map((column) => (
          <li key={column.name} className={styles.column}>
            <span data-raw>{column.name}</span>
            {reading.keys.includes(column.name) && <span className={styles.soft}>{t("own.key")}</span>}
            {reading.label === column.name && <span className={styles.soft}>{t("own.label")}</span>}
            {labels !== undefined && <Level level={levels.get(column.name)} />}
          </li>
        ))}
      </ul>
    </>
  );
}

const USES = ["join_key", "group_key", "filter", "aggregate", "feature", "label", "score", "plaintext"] as const;
type Use = (typeof USES)[number];

function Uses({ explained }: { explained: PolicyExplained }) {
  const t = approvals.useT();
  const w = useW();
  const uses = distinct(explained.uses);
  const reasons = explained.datasets.flatMap((dataset) => dataset.reasons);
  const named = (use: string): string => {
    const known: Use | undefined = USES.find((each) => each === use);
    return known === undefined ? use : t(`use.${known}`);
  };
  return (
    <>
      <Badge tone={explained.allowed ? "ok" : "bad"}>{t(explained.allowed ? "policy.allows" : "policy.refuses")}</Badge>
      <ul className={styles.uses} aria-label={t("uses")}>
        {reasons.map((reason) => (
          <li key={`${reason.step} ${reason.code} ${reason.rule}`}>{w(reason.text)}</li>
        ))}
        {uses.map((use) => (
          <li key={`${use.step} ${use.use} ${use.dataset} ${use.columns.join()}`}>
            {t("uses.line", { use: named(use.use), count: use.columns.length, columns: few(use.columns) })}{" "}
            <code>{use.step}</code>
            {use.receivers.length > 0 && (
              <>
                {" "}
                {t("uses.seen_by")}{" "}
                {use.receivers.map((party) => (
                  <span key={party}>
                    <Party name={party} size="sm" />{" "}
                  </span>
                ))}
              </>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

type Used = PolicyExplained["uses"][number];

/** Each use once; that a step reads its own table is no news. */
export function distinct(uses: readonly Used[]): Used[] {
  const found = new Map<string, Used>();
  for (const use of uses) {
    if (use.use === "read") continue;
    const key = JSON.stringify([use.use, use.step, use.dataset, use.columns, use.receivers]);
    if (!found.has(key)) found.set(key, use);
  }
  return [...found.values()];
}

const FEW = 4;
const few = (names: string[]): string => names.slice(0, FEW).join(", ") + (names.length > FEW ? ", …" : "");
