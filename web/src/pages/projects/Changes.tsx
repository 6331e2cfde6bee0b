/** Differences of terms in words: what was, what would be. */
import { VisuallyHidden } from "@mantine/core";
import { useFormat } from "../../core/format";
import { Party } from "../../ui/Party";
import { hundredfold } from "./decimals";
import styles from "./projects.module.css";
import type { PriceDraft } from "./terms";
import { type ProjectsT, projects } from "./texts";
import { type Difference, listChange, partsOf, textsOf } from "./words";

const TERMS = [
  "name",
  "purpose",
  "members",
  "datasets",
  "operators",
  "valid_from",
  "valid_until",
  "initiators",
  "profiles",
  "limits.jobs",
  "limits.rows",
  "limits.period_ms",
  "prices",
  "revenue",
] as const;
type Term = (typeof TERMS)[number];
const isTerm = (text: string): text is Term => (TERMS as readonly string[]).includes(text);

export function Changes({ of, label }: { of: Difference[]; label: string }) {
  const t = projects.useT();
  if (of.length === 0) return <p className={styles.soft}>{t("changes.none")}</p>;
  return (
    <ul className={styles.changes} aria-label={label}>
      {of.map((change) => (
        <li key={change.field} className={styles.change}>
          <Change change={change} />
        </li>
      ))}
    </ul>
  );
}

function Change({ change }: { change: Difference }) {
  const t = projects.useT();
  const { term, whose } = partsOf(change.field);
  return (
    <>
      <span className={styles.term}>
        {isTerm(term) ? t(`term.${term}`) : term}
        {whose !== undefined && <Party name={whose} size="sm" />}
      </span>
      {isList(change) ? <Lists change={change} /> : <Values change={change} />}
    </>
  );
}

const isList = ({ before, after }: Difference): boolean =>
  (Array.isArray(before) || Array.isArray(after)) && ![before, after].some((value) => value === "");

/** Lists: what comes and goes. A list that begins or ends also says what that means. */
function Lists({ change }: { change: Difference }) {
  const t = projects.useT();
  const write = useValue();
  const { gone, added } = listChange(change.before, change.after);
  const open = partsOf(change.field).term !== "datasets" && textsOf(change.after).length === 0;
  return (
    <span className={styles.values}>
      {gone.length > 0 && (
        <del>
          <VisuallyHidden>{t("changes.gone")} </VisuallyHidden>
          {gone.map((each) => write(change.field, each)).join(", ")}
        </del>
      )}
      {added.length > 0 && (
        <ins>
          <VisuallyHidden>{t("changes.added")} </VisuallyHidden>
          {added.map((each) => write(change.field, each)).join(", ")}
        </ins>
      )}
      {open && <span>{t("changes.open")}</span>}
    </span>
  );
}

function Values({ change }: { change: Difference }) {
  const t = projects.useT();
  const write = useValue();
  const isAbsent = (value: unknown): boolean => value === undefined || value === null;
  return (
    <span className={styles.values}>
      {!isAbsent(change.before) && (
        <del>
          <VisuallyHidden>{t("changes.was")} </VisuallyHidden>
          {write(change.field, change.before)}
        </del>
      )}
      {!isAbsent(change.before) && <span aria-hidden>→</span>}
      {isAbsent(change.after) ? (
        <span>{t("changes.not_agreed")}</span>
      ) : (
        <ins>
          <VisuallyHidden>{t("changes.is")} </VisuallyHidden>
          {write(change.field, change.after)}
        </ins>
      )}
    </span>
  );
}

/** A term's value for people. */
function useValue(): (field: string, value: unknown) => string {
  const t = projects.useT();
  const format = useFormat();
  return (field, value) => {
    const { term } = partsOf(field);
    if (term === "valid_from" || term === "valid_until") return format.time(value as string | number);
    if (term === "limits.period_ms") return format.seconds(Number(value) / 1000);
    if (term === "revenue") return `${hundredfold(String(value))} %`;
    if (term === "members") return partsOf(field).whose ?? "";
    if (term === "prices") return priceText(JSON.parse(String(value)) as Partial<PriceDraft>, t, format.money);
    return typeof value === "number" ? format.number(value) : String(value);
  };
}

/** "CNY 2.00 per job, paid by lab". */
export function priceText(
  price: Partial<PriceDraft>,
  t: ProjectsT,
  money: (amount: string, currency: string) => string,
): string {
  const amount = money(price.amount ?? "0", price.currency ?? "");
  const unit = t(`price.per.${price.unit ?? "job"}`);
  return t(price.payer ? "price.text.payer" : "price.text", { amount, unit, payer: price.payer ?? "" });
}
