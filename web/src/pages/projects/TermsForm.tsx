/** The terms of an agreement as a form, in parts that the wizard shows one after the other. */
import { Button, MultiSelect, NativeSelect, NumberInput, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useGet } from "../../api/hooks";
import { own } from "../../core/own";
import { useMe } from "../../core/session";
import { useW } from "../../core/texts";
import { DateField } from "../../dates/DateField";
import { Party } from "../../ui/Party";
import styles from "./projects.module.css";
import type { PriceDraft, TermDraft } from "./terms";
import { projects } from "./texts";

export interface PartProps {
  terms: TermDraft;
  onChange: (change: Partial<TermDraft>) => void;
  /** Members stay as they are: a counter-offer. */
  fixed?: boolean;
  /** Members that cannot leave: an amendment. */
  kept?: string[];
}

export function WhoPart({ terms, onChange, fixed, kept }: PartProps) {
  const t = projects.useT();
  const me = useMe();
  const peers = useGet("/peers").data?.items ?? [];
  const bound = kept ?? [me.node?.name ?? ""];
  const choices = peers.filter((peer) => peer.state === "APPROVED" || terms.members.includes(peer.name));
  const names = choices.map((peer) => peer.name).filter((name) => !bound.includes(name));
  return (
    <div className={styles.form}>
      <TextInput
        label={t("form.name")}
        required
        maxLength={200}
        value={terms.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <Textarea
        label={t("form.purpose")}
        description={t("form.purpose_help")}
        required
        autosize
        minRows={3}
        maxLength={4000}
        value={terms.purpose}
        onChange={(event) => onChange({ purpose: event.currentTarget.value })}
      />
      {!fixed && (
        <MultiSelect
          label={kept ? t("form.joins") : t("form.members")}
          description={kept ? undefined : t("form.members_help")}
          required={kept === undefined}
          data={names}
          searchable
          value={terms.members.filter((name) => !bound.includes(name))}
          onChange={(chosen) => onChange({ members: [...bound, ...chosen] })}
        />
      )}
    </div>
  );
}

export function DataPart({ terms, onChange }: PartProps) {
  const t = projects.useT();
  const w = useW();
  const operators = useGet("/operators", undefined, { staleTime: 600_000 }).data?.items ?? [];
  return (
    <div className={styles.form}>
      <fieldset className={styles.fieldset}>
        <legend>{t("form.datasets")}</legend>
        <p className={styles.soft}>{t("form.datasets_help")}</p>
        {terms.members.map((member) => (
          <Datasets
            key={member}
            member={member}
            names={own(terms.datasets, member) ?? []}
            onChange={(names) => onChange({ datasets: { ...terms.datasets, [member]: names } })}
          />
        ))}
      </fieldset>
      <MultiSelect
        label={t("form.operators")}
        description={t("form.operators_help")}
        data={operators.map(({ name, title }) => ({ value: name, label: w(title) }))}
        searchable
        clearable
        value={terms.operators}
        onChange={(names) => onChange({ operators: names })}
      />
    </div>
  );
}

function Datasets(props: { member: string; names: string[]; onChange: (names: string[]) => void }) {
  const { member, names, onChange } = props;
  const t = projects.useT();
  const me = useMe();
  const mine = me.node?.name === member;
  const ours = useGet("/datasets", undefined, { enabled: mine });
  const theirs = useGet(
    "/peers/{name}/datasets",
    { path: { name: member } },
    { enabled: !mine && me.can("peer.explore"), staleTime: 60_000 },
  );
  const known = (mine ? ours : theirs).data?.items.map((dataset) => dataset.name) ?? [];
  return (
    <TagsInput
      label={t("form.datasets_of", { member })}
      description={theirs.isError ? t("form.datasets_unknown", { member }) : undefined}
      leftSection={<Party name={member} size="sm" brief />}
      placeholder={names.length === 0 ? t("form.datasets_choose") : undefined}
      data={[...new Set([...known, ...names])]}
      value={names}
      onChange={onChange}
    />
  );
}

export function ConditionsPart(props: PartProps) {
  const { terms, onChange } = props;
  const t = projects.useT();
  return (
    <div className={styles.form}>
      <div className={styles.row}>
        <DateField
          label={t("form.from")}
          description={t("form.from_help")}
          value={terms.validFrom}
          onChange={(day) => onChange({ validFrom: day })}
        />
        <DateField
          label={t("form.until")}
          required
          value={terms.validUntil}
          onChange={(day) => onChange({ validUntil: day })}
        />
      </div>
      <MultiSelect
        label={t("form.initiators")}
        description={t("form.initiators_help")}
        data={terms.members}
        value={terms.initiators.filter((name) => terms.members.includes(name))}
        onChange={(initiators) => onChange({ initiators })}
      />
      <MultiSelect
        label={t("form.profiles")}
        description={t("form.profiles_help")}
        data={[
          { value: "2pc", label: t("profile.2pc") },
          { value: "2pc-dealer", label: t("profile.2pc-dealer") },
        ]}
        value={terms.profiles}
        onChange={(profiles) => onChange({ profiles })}
      />
      <Limits {...props} />
      <Prices {...props} />
    </div>
  );
}

function Limits({ terms, onChange }: PartProps) {
  const t = projects.useT();
  const number = (value: string | number): number | "" => (typeof value === "number" && value > 0 ? value : "");
  return (
    <fieldset className={styles.fieldset}>
      <legend>{t("form.limits")}</legend>
      <div className={styles.row}>
        <NumberInput
          label={t("form.jobs")}
          description={t("form.jobs_help")}
          min={1}
          allowDecimal={false}
          value={terms.jobs}
          onChange={(value) => onChange({ jobs: number(value) })}
        />
        <NumberInput
          label={t("form.period")}
          description={t("form.period_help")}
          min={1}
          value={terms.periodDays}
          onChange={(value) => onChange({ periodDays: number(value) })}
        />
        <NumberInput
          label={t("form.rows")}
          min={1}
          allowDecimal={false}
          thousandSeparator=","
          value={terms.rows}
          onChange={(value) => onChange({ rows: number(value) })}
        />
      </div>
    </fieldset>
  );
}

const FRESH: PriceDraft = { amount: "", currency: "CNY", unit: "job", payer: "" };

function Prices({ terms, onChange }: PartProps) {
  const t = projects.useT();
  const change = (place: number, values: Partial<PriceDraft>): void =>
    onChange({ prices: terms.prices.map((price, at) => (at === place ? { ...price, ...values } : price)) });
  return (
    <fieldset className={styles.fieldset}>
      <legend>{t("form.prices")}</legend>
      <p className={styles.soft}>{t("form.prices_help")}</p>
      {terms.prices.map((price, place) => (
        <Price
          // biome-ignore lint/suspicious/noArrayIndexKey: prices have no other identity
          key={place}
          number={place + 1}
          price={price}
          members={terms.members}
          onChange={(values) => change(place, values)}
          onRemove={() => onChange({ prices: terms.prices.filter((_, at) => at !== place) })}
        />
      ))}
      <div>
        <Button variant="default" size="compact-sm" onClick={() => onChange({ prices: [...terms.prices, FRESH] })}>
          {t("form.price_add")}
        </Button>
      </div>
      {terms.prices.length > 0 && <Shares terms={terms} onChange={onChange} />}
    </fieldset>
  );
}

interface PriceProps {
  number: number;
  price: PriceDraft;
  members: string[];
  onChange: (values: Partial<PriceDraft>) => void;
  onRemove: () => void;
}

function Price({ number, price, members, onChange, onRemove }: PriceProps) {
  const t = projects.useT();
  const units = (["job", "row", "query"] as const).map((unit) => ({ value: unit, label: t(`price.per.${unit}`) }));
  return (
    <div className={styles.row}>
      <TextInput
        label={t("form.amount")}
        inputMode="decimal"
        value={price.amount}
        onChange={(event) => onChange({ amount: event.currentTarget.value.trim() })}
      />
      <TextInput
        label={t("form.currency")}
        maxLength={3}
        value={price.currency}
        onChange={(event) => onChange({ currency: event.currentTarget.value.toUpperCase() })}
      />
      <NativeSelect
        label={t("form.unit")}
        data={units}
        value={price.unit}
        onChange={(event) => onChange({ unit: event.currentTarget.value as PriceDraft["unit"] })}
      />
      <NativeSelect
        label={t("form.payer")}
        data={[
          { value: "", label: t("form.payer.initiator") },
          ...members.map((name) => ({ value: name, label: name })),
        ]}
        value={price.payer}
        onChange={(event) => onChange({ payer: event.currentTarget.value })}
      />
      <Button className={styles.fixed} variant="default" onClick={onRemove}>
        {t("form.price_remove", { number })}
      </Button>
    </div>
  );
}

function Shares({ terms, onChange }: PartProps) {
  const t = projects.useT();
  return (
    <fieldset className={styles.fieldset}>
      <legend>{t("form.revenue")}</legend>
      <p className={styles.soft}>{t("form.revenue_help")}</p>
      <div className={styles.row}>
        {terms.members.map((member) => (
          <TextInput
            key={member}
            label={member}
            inputMode="decimal"
            value={own(terms.revenue, member) ?? ""}
            onChange={(event) =>
              onChange({ revenue: { ...terms.revenue, [member]: event.currentTarget.value.trim() } })
            }
          />
        ))}
      </div>
    </fieldset>
  );
}
