/** What is to be paid, on the card of what waits: for an offer of an agreement, and for a job under one. */
import { useGet } from "../../../api/hooks";
import type { InboxItem } from "../../../api/types";
import { useFormat } from "../../../core/format";
import { useMe } from "../../../core/session";
import { preview } from "../../../flow/preview/texts";

export function CardPrice({ item }: { item: InboxItem }) {
  if (item.kind === "agreement") return <Prices agreement={item.subject.split(" ")[0] ?? ""} />;
  return item.kind === "job" && item.state === "open" ? <OfJob job={item.subject} /> : null;
}

/** One reading for all cards: the list says under which agreement a job stands. */
function OfJob({ job }: { job: string }) {
  const may = useMe().can("job.read");
  const jobs = useGet("/jobs", { query: { limit: 500 } }, { enabled: may, staleTime: 10_000 });
  const known = jobs.data?.items.find(({ id }) => id === job);
  return known?.agreement_id ? <Prices agreement={known.agreement_id} initiator={known.initiator} /> : null;
}

function Prices({ agreement, initiator }: { agreement: string; initiator?: string }) {
  const t = preview.useT();
  const format = useFormat();
  const may = useMe().can("agreement.read");
  const known = useGet("/agreements", { query: { limit: 500 } }, { enabled: may, staleTime: 10_000 });
  const prices = known.data?.items.find(({ id }) => id === agreement)?.prices ?? [];
  const text = prices.map(({ unit, amount, currency, payer }) => {
    const who = payer ?? initiator;
    const price = t(`price.${unit}`, { amount: format.money(amount, currency) });
    return t("price.of", {
      price,
      pays: who === undefined ? t("price.initiator_pays") : t("price.pays", { payer: who }),
    });
  });
  if (text.length === 0) return null;
  return (
    <li>
      <strong>{t("price")}</strong> {format.list(text)}
    </li>
  );
}
