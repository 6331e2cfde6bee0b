/** A job in one line: how much, how long, at what price, and how much each party learns. */
import { useFormat } from "../../core/format";
import { own } from "../../core/own";
import type { FlowDoc } from "../document";
import styles from "./Preview.module.css";
import { useUnder } from "./Price";
import { duesOf } from "./price";
import { preview } from "./texts";

interface BriefProps {
  doc: FlowDoc;
  agreement: string | null | undefined;
  initiator: string;
  forecast: { seconds?: number; bytes_sent?: number } | null | undefined;
  disclosures: Readonly<Record<string, readonly unknown[]>>;
}

export function Brief(props: BriefProps) {
  const t = preview.useT();
  return (
    <ul className={styles.brief} aria-label={t("brief")}>
      {useFacts(props).map((fact) => (
        <li key={fact}>{fact}</li>
      ))}
    </ul>
  );
}

function useFacts({ doc, agreement, initiator, forecast, disclosures }: BriefProps): string[] {
  const t = preview.useT();
  const format = useFormat();
  const under = useUnder(agreement);
  const parties = Object.keys(doc.parties);
  const dues = duesOf(under?.prices ?? [], doc, initiator);
  const learns = (party: string): string => {
    const count = own(disclosures, party)?.length ?? 0;
    return count === 0 ? t("brief.nothing", { party }) : t("brief.learns", { party, count });
  };
  return [
    t("brief.steps", { count: doc.steps.length }),
    t("brief.parties", { count: parties.length }),
    forecast?.seconds === undefined ? undefined : t("brief.time", { time: format.seconds(forecast.seconds) }),
    forecast?.bytes_sent === undefined ? undefined : t("brief.traffic", { traffic: format.bytes(forecast.bytes_sent) }),
    ...dues.map(({ amount, currency, payer, byRows }) =>
      t("price.brief", {
        payer,
        amount: amount === null ? t("price.open") : `${format.money(amount, currency)}${byRows ? "+" : ""}`,
      }),
    ),
    ...parties.map(learns),
  ].filter((fact) => fact !== undefined);
}
