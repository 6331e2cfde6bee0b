/** The terms that a request begins with. */
import { ActionIcon, Button, MultiSelect, NumberInput, Select, TextInput } from "@mantine/core";
import { IconX } from "../../core/icons";
import { useOperatorChoices, usePartyNames } from "../data/policy/known";
import styles from "./market.module.css";
import type { SetOffer } from "./OfferForm";
import { isPrice, type Offer } from "./offer";
import { useProfileText } from "./prices";
import { market } from "./texts";

type Price = Offer["prices"][number];
const UNITS = ["job", "row", "query"] as const;
const PROFILES = ["2pc", "2pc-dealer"];

export function TermsForm({ offer, set, wrong }: { offer: Offer; set: SetOffer; wrong: boolean }) {
  const t = market.useT();
  const operators = useOperatorChoices();
  const profile = useProfileText();
  const { prices } = offer;
  const change = (place: number, part: Partial<Price>): void =>
    set({ prices: prices.map((one, other) => (other === place ? { ...one, ...part } : one)) });
  return (
    <div className={styles.form}>
      {prices.map((price, place) => (
        <PriceRow
          // biome-ignore lint/suspicious/noArrayIndexKey: a price has no other identity
          key={place}
          price={price}
          wrong={wrong && !isPrice(price)}
          onChange={(part) => change(place, part)}
          onRemove={() => set({ prices: prices.filter((_, other) => other !== place) })}
        />
      ))}
      <div>
        <Button
          variant="default"
          size="compact-md"
          onClick={() => set({ prices: [...prices, { amount: "1", currency: "CNY", unit: "job" }] })}
        >
          {t("price.add")}
        </Button>
      </div>
      <div className={styles.two}>
        <NumberInput
          label={t("terms.share_percent")}
          description={t("terms.share.help")}
          min={0}
          max={100}
          value={offer.share}
          onChange={(share) => set({ share: String(share) })}
        />
        <MultiSelect
          label={t("terms.operators")}
          description={t("terms.operators.help")}
          searchable
          data={operators}
          value={offer.operators}
          onChange={(chosen) => set({ operators: chosen })}
        />
        <MultiSelect
          label={t("terms.profiles")}
          description={t("terms.operators.help")}
          data={[...new Set([...PROFILES, ...offer.profiles])].map((one) => ({ value: one, label: profile(one) }))}
          value={offer.profiles}
          onChange={(profiles) => set({ profiles })}
        />
        <NumberInput
          label={t("terms.rows")}
          min={1}
          value={offer.rows}
          onChange={(rows) => set({ rows: String(rows) })}
        />
        <NumberInput
          label={t("terms.jobs")}
          min={1}
          value={offer.jobs}
          onChange={(jobs) => set({ jobs: String(jobs) })}
        />
        <NumberInput
          label={t("terms.days")}
          description={t("terms.days.help")}
          min={0}
          value={offer.days}
          onChange={(days) => set({ days: String(days) })}
        />
      </div>
    </div>
  );
}

interface RowProps {
  price: Price;
  wrong: boolean;
  onChange: (part: Partial<Price>) => void;
  onRemove: () => void;
}

function PriceRow({ price, wrong, onChange, onRemove }: RowProps) {
  const t = market.useT();
  const parties = usePartyNames();
  const payer = price.payer ?? "";
  return (
    <div className={styles.price}>
      <TextInput
        label={t("price.amount")}
        inputMode="decimal"
        value={price.amount}
        error={wrong ? t("price.wrong") : undefined}
        onChange={(event) => onChange({ amount: event.currentTarget.value.trim() })}
      />
      <TextInput
        label={t("price.currency")}
        maxLength={3}
        value={price.currency}
        onChange={(event) => onChange({ currency: event.currentTarget.value.toUpperCase() })}
      />
      <Select
        label={t("price.unit")}
        allowDeselect={false}
        value={price.unit}
        data={UNITS.map((unit) => ({ value: unit, label: t(`unit.${unit}`) }))}
        onChange={(unit) => onChange({ unit: (unit as Price["unit"] | null) ?? price.unit })}
      />
      <Select
        label={t("price.payer")}
        allowDeselect={false}
        value={payer}
        data={[
          { value: "", label: t("price.payer.initiator") },
          ...new Set([...parties, ...(payer === "" ? [] : [payer])]),
        ]}
        onChange={(chosen) => onChange({ payer: chosen || null })}
      />
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("price.remove")} onClick={onRemove}>
        <IconX size={18} aria-hidden />
      </ActionIcon>
    </div>
  );
}
