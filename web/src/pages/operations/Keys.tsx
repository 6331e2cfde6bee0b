/** Keys and certificates: whose, what for, and how long they last. */
import { useGet } from "../../api/hooks";
import type { AnswerOf } from "../../api/paths";
import { useFormat } from "../../core/format";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { type Col, DataTable } from "../../ui/DataTable";
import { Time } from "../../ui/Diagnostic";
import { Party } from "../../ui/Party";
import { Section } from "../../ui/Section";
import { Fingerprint } from "./Fingerprint";
import styles from "./Operations.module.css";
import { operations } from "./texts";

type Key = AnswerOf<"/node/keys">["items"][number];
const DAY_S = 86_400;
const SOON_DAYS = 30;

/** Whole days until then; negative: it is over. */
export const daysUntil = (until: string, now = Date.now()): number =>
  Math.floor((Date.parse(until) - now) / 1000 / DAY_S);

export function Keys() {
  const t = operations.useT();
  const columns = useColumns();
  const query = useGet("/node/keys", undefined, { staleTime: 60_000 });
  return (
    <Section title={t("keys")} lead={t("keys.lead")} flush>
      <Async query={query} height={240}>
        {({ items }) => (
          <DataTable caption={t("keys")} columns={columns} rows={items} rowKey={(row) => `${row.kind} ${row.name}`} />
        )}
      </Async>
    </Section>
  );
}

function useColumns(): Col<Key>[] {
  const t = operations.useT();
  const format = useFormat();
  return [
    {
      key: "kind",
      title: t("keys.what"),
      sort: (row) => row.kind,
      cell: (row) => (
        <>
          <div>
            {row.kind === "peer" || row.kind === "identity" ? (
              <Party name={row.name} size="sm" />
            ) : (
              t(`keys.${row.kind}`)
            )}
          </div>
          <div className={styles.soft}>{t(`keys.${row.kind}.for`)}</div>
        </>
      ),
    },
    {
      key: "fingerprint",
      title: t("fingerprint"),
      cell: (row) => (row.fingerprint === null ? null : <Fingerprint of={row.fingerprint} />),
    },
    {
      key: "age",
      title: t("keys.age"),
      tight: true,
      sort: (row) => row.since,
      cell: (row) =>
        row.since === null ? (
          "–"
        ) : (
          <>
            {format.seconds(Math.max(0, (Date.now() - Date.parse(row.since)) / 1000))}
            <div className={styles.soft}>
              {t("keys.since")} <Time at={row.since} how="date" />
            </div>
          </>
        ),
    },
    {
      key: "until",
      title: t("keys.until"),
      tight: true,
      sort: (row) => row.until,
      cell: (row) => <Until until={row.until} />,
    },
  ];
}

function Until({ until }: { until: string | null }) {
  const t = operations.useT();
  if (until === null) return <span className={styles.soft}>{t("keys.no_end")}</span>;
  const days = daysUntil(until);
  return (
    <>
      <Time at={until} how="date" />{" "}
      <Badge tone={days < 0 ? "bad" : days < SOON_DAYS ? "warn" : "ok"}>
        {days < 0 ? t("keys.over") : t("keys.left", { count: days })}
      </Badge>
    </>
  );
}
