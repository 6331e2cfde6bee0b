/** What a job costs, and who pays: as agreed, and as far as it is known for this job. */
import { useGet } from "../../api/hooks";
import type { Agreement } from "../../api/types";
import { useFormat } from "../../core/format";
import { useMe } from "../../core/session";
import { Party } from "../../ui/Party";
import type { FlowDoc } from "../document";
import styles from "./Preview.module.css";
import { type Due, duesOf, type Prices } from "./price";
import { preview } from "./texts";

/** The agreement under which a job runs; undefined while it is not known, or not for this person. */
export function useUnder(agreement: string | null | undefined): Agreement | undefined {
  const me = useMe();
  const path = { agreement: agreement ?? "" };
  return useGet("/agreements/{agreement}", { path }, { enabled: Boolean(agreement) && me.can("agreement.read") }).data;
}

interface JobPriceProps {
  agreement: string | null | undefined;
  doc: FlowDoc;
  initiator: string;
}

/** Of one job: what it comes to, then what was agreed. */
export function JobPrice({ agreement, doc, initiator }: JobPriceProps) {
  const t = preview.useT();
  const known = useUnder(agreement);
  if (!agreement) return <span className={styles.quiet}>{t("price.no_agreement")}</span>;
  if (known === undefined) return null;
  const prices = known.prices ?? [];
  if (prices.length === 0) return <span className={styles.quiet}>{t("price.free")}</span>;
  return (
    <div className={styles.price}>
      {duesOf(prices, doc, initiator).map((due) => (
        <p key={`${due.payer} ${due.currency}`}>
          <strong>
            <DueText due={due} />
          </strong>{" "}
          · <Payer name={due.payer} />
        </p>
      ))}
      <AgreedPrices prices={prices} quiet />
    </div>
  );
}

function Payer({ name }: { name: string }) {
  const t = preview.useT();
  const [before = "", after = ""] = t("price.pays").split("{payer}");
  return (
    <>
      {before}
      <Party name={name} size="sm" />
      {after}
    </>
  );
}

function DueText({ due: { amount, currency, byRows } }: { due: Due }) {
  const t = preview.useT();
  const money = useFormat().money;
  if (amount === null) return <>{t("price.open")}</>;
  return <>{t(byRows ? "price.known_and_rows" : "price.known", { amount: money(amount, currency) })}</>;
}

/** The prices of an agreement, each with who pays it. */
export function AgreedPrices({ prices, quiet }: { prices: Prices; quiet?: boolean }) {
  const t = preview.useT();
  const format = useFormat();
  return (
    <ul className={quiet ? styles.agreed : styles.prices}>
      {prices.map((price) => (
        <li key={JSON.stringify(price)}>
          {t(`price.${price.unit}`, { amount: format.money(price.amount, price.currency) })} ·{" "}
          {price.payer ? <Payer name={price.payer} /> : t("price.initiator_pays")}
        </li>
      ))}
    </ul>
  );
}
