/** The terms of an agreement, to be read. What is not agreed says what that means. */
import type { ReactNode } from "react";
import { useGet } from "../../api/hooks";
import { useFormat } from "../../core/format";
import { own } from "../../core/own";
import { useW } from "../../core/texts";
import { KeyValue } from "../../ui/KeyValue";
import { Party } from "../../ui/Party";
import { priceText } from "./Changes";
import styles from "./projects.module.css";
import type { TermDraft } from "./terms";
import { projects } from "./texts";

export function TermsView({ terms }: { terms: TermDraft }) {
  const t = projects.useT();
  return (
    <KeyValue
      wide
      items={[
        [
          t("term.purpose"),
          <span key="p" className={styles.prose}>
            {terms.purpose}
          </span>,
        ],
        [t("term.datasets"), <Datasets key="d" terms={terms} />],
        [t("term.operators"), <Operators key="o" names={terms.operators} />],
        [t("term.valid"), <Validity key="v" terms={terms} />],
        [t("term.initiators"), parties(terms.initiators, t("any.initiator"))],
        [t("term.profiles"), words(terms.profiles, t("any.profile"))],
        [t("term.limits"), <Limits key="l" terms={terms} />],
        [t("term.prices"), <Prices key="r" terms={terms} />],
      ]}
    />
  );
}

const words = (names: string[], none: string): ReactNode =>
  names.length === 0 ? <span className={styles.soft}>{none}</span> : names.join(", ");

const parties = (names: string[], none: string): ReactNode =>
  names.length === 0 ? (
    <span className={styles.soft}>{none}</span>
  ) : (
    <span className={styles.parties}>
      {names.map((name) => (
        <Party key={name} name={name} size="sm" />
      ))}
    </span>
  );

function Datasets({ terms }: { terms: TermDraft }) {
  const t = projects.useT();
  return (
    <ul className={styles.plain}>
      {terms.members.map((member) => (
        <li key={member} className={styles.line}>
          <Party name={member} size="sm" />
          {own(terms.datasets, member)?.length ? (
            <code>{own(terms.datasets, member)?.join(", ")}</code>
          ) : (
            <span className={styles.soft}>{t("datasets.none")}</span>
          )}
        </li>
      ))}
    </ul>
  );
}

function Operators({ names }: { names: string[] }) {
  const t = projects.useT();
  const w = useW();
  const known = useGet("/operators", undefined, { staleTime: 600_000 }).data?.items ?? [];
  const titles = new Map(known.map((operator) => [operator.name, w(operator.title)]));
  return words(
    names.map((name) => titles.get(name) ?? name),
    t("any.operator"),
  );
}

function Validity({ terms }: { terms: TermDraft }) {
  const t = projects.useT();
  const format = useFormat();
  const until = format.date(terms.validUntil);
  return terms.validFrom === ""
    ? t("valid.until", { until })
    : t("valid.from_until", { from: format.date(terms.validFrom), until });
}

function Limits({ terms }: { terms: TermDraft }) {
  const t = projects.useT();
  const lines = [
    terms.jobs !== "" &&
      (terms.periodDays === ""
        ? t("limits.jobs", { count: terms.jobs })
        : t("limits.jobs_period", { count: terms.jobs, days: terms.periodDays })),
    terms.rows !== "" && t("limits.rows", { count: terms.rows }),
  ].filter((line) => line !== false);
  if (lines.length === 0) return <span className={styles.soft}>{t("any.limit")}</span>;
  return (
    <ul className={styles.plain}>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

function Prices({ terms }: { terms: TermDraft }) {
  const t = projects.useT();
  const format = useFormat();
  const shares = Object.entries(terms.revenue).filter(([, share]) => share !== "");
  if (terms.prices.length === 0) return <span className={styles.soft}>{t("any.price")}</span>;
  return (
    <ul className={styles.plain}>
      {terms.prices.map((price) => (
        <li key={JSON.stringify(price)}>{priceText(price, t, format.money)}</li>
      ))}
      <li className={styles.soft}>
        {shares.length === 0
          ? t("revenue.equal")
          : t("revenue.shares", { shares: format.list(shares.map(([member, share]) => `${member} ${share} %`)) })}
      </li>
    </ul>
  );
}
