/** Writes a product. Both languages are asked for: partners read either. */
import { Button, Checkbox, Group, MultiSelect, Select, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useAct, useGet } from "../../api/hooks";
import { go } from "../../core/location";
import { own } from "../../core/own";
import { core } from "../../core/texts";
import { DateField } from "../../dates/DateField";
import { Diagnostic } from "../../ui/Diagnostic";
import { Section } from "../../ui/Section";
import styles from "./market.module.css";
import { lackingIn, OFTEN, type Offer, type OfferField, productBodyOf } from "./offer";
import { TermsForm } from "./TermsForm";
import { market } from "./texts";

interface OfferFormProps {
  offer: Offer;
  onChange: (offer: Offer) => void;
  onDone: () => void;
  onCancel?: () => void;
  /** Its name stays. */
  fixed?: boolean;
}
export type SetOffer = (part: Partial<Offer>) => void;

export function OfferForm({ offer, onChange, onDone, onCancel, fixed }: OfferFormProps) {
  const t = market.useT();
  const c = core.useT();
  const [tried, setTried] = useState(false);
  const lacking = lackingIn(offer);
  const set: SetOffer = (part) => onChange({ ...offer, ...part });
  const errorOf = (field: OfferField): string | undefined =>
    tried && lacking.includes(field) ? t(field === "name" ? "name.shape" : "needed") : undefined;
  const save = useAct("post", "/products", { invalidates: ["/products", "/products/{product}"], success: t("saved") });
  const send = (publish: boolean): void => {
    setTried(true);
    if (lacking.length > 0) return;
    save.mutate(
      { body: productBodyOf(offer, publish) },
      {
        onSuccess: (made) => {
          onDone();
          go(`/data/products/${encodeURIComponent(made.name)}`, { replace: true });
        },
      },
    );
  };
  return (
    <form
      noValidate
      className={styles.stack}
      onSubmit={(event) => {
        event.preventDefault();
        send(false);
      }}
    >
      <Section title={t("form.what")}>
        <div className={styles.form}>
          <WhatFields offer={offer} set={set} errorOf={errorOf} fixed={fixed} />
        </div>
      </Section>
      <Section title={t("form.words")} lead={t("form.words.lead")}>
        <WordFields offer={offer} set={set} errorOf={errorOf} />
      </Section>
      <Section title={t("terms")} lead={t("terms.lead")}>
        <TermsForm offer={offer} set={set} wrong={tried && lacking.includes("prices")} />
      </Section>
      <Section title={t("form.who")}>
        <WhoFields offer={offer} set={set} errorOf={errorOf} />
      </Section>
      {save.error && <Diagnostic problem={save.error} compact />}
      {tried && lacking.length > 0 && <p role="alert">{t("form.lacking", { count: lacking.length })}</p>}
      <Group>
        <Button loading={save.isPending} onClick={() => send(true)}>
          {t("publish")}
        </Button>
        <Button type="submit" variant="default" loading={save.isPending}>
          {t("save_draft")}
        </Button>
        {onCancel !== undefined && (
          <Button variant="subtle" onClick={onCancel}>
            {c("cancel")}
          </Button>
        )}
      </Group>
    </form>
  );
}

interface PartProps {
  offer: Offer;
  set: SetOffer;
  errorOf: (field: OfferField) => string | undefined;
}

function WhatFields({ offer, set, errorOf, fixed }: PartProps & { fixed?: boolean }) {
  const t = market.useT();
  const mine = useGet("/datasets", { query: { limit: 1000 } }).data?.items ?? [];
  const names = [...new Set([...mine.map((one) => one.name), ...offer.datasets])];
  return (
    <>
      {!fixed && (
        <TextInput
          label={t("form.name")}
          description={t("form.name.help")}
          required
          value={offer.name}
          error={errorOf("name")}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
      )}
      <MultiSelect
        label={t("form.datasets")}
        required
        searchable
        data={names}
        value={offer.datasets}
        error={errorOf("datasets")}
        onChange={(datasets) => set({ datasets })}
      />
      {mine
        .filter((one) => offer.datasets.includes(one.name))
        .map((one) => (
          <MultiSelect
            key={one.name}
            label={t("form.columns", { name: one.name })}
            description={t("form.columns.help")}
            searchable
            data={one.columns.map((column) => column.name)}
            value={own(offer.columns, one.name) ?? []}
            onChange={(columns) => set({ columns: { ...offer.columns, [one.name]: columns } })}
          />
        ))}
      <Checkbox
        label={t("form.profile")}
        description={t("form.profile.help")}
        checked={offer.profile}
        onChange={(event) => set({ profile: event.currentTarget.checked })}
      />
    </>
  );
}

function WordFields({ offer, set, errorOf }: PartProps) {
  const t = market.useT();
  return (
    <div className={styles.two}>
      <TextInput
        label={t("form.title.en")}
        required
        lang="en"
        maxLength={200}
        value={offer.titleEn}
        error={errorOf("titleEn")}
        onChange={(event) => set({ titleEn: event.currentTarget.value })}
      />
      <TextInput
        label={t("form.title.zh")}
        required
        lang="zh"
        maxLength={200}
        value={offer.titleZh}
        error={errorOf("titleZh")}
        onChange={(event) => set({ titleZh: event.currentTarget.value })}
      />
      <Textarea
        label={t("form.description.en")}
        required
        lang="en"
        autosize
        minRows={3}
        value={offer.descriptionEn}
        error={errorOf("descriptionEn")}
        onChange={(event) => set({ descriptionEn: event.currentTarget.value })}
      />
      <Textarea
        label={t("form.description.zh")}
        required
        lang="zh"
        autosize
        minRows={3}
        value={offer.descriptionZh}
        error={errorOf("descriptionZh")}
        onChange={(event) => set({ descriptionZh: event.currentTarget.value })}
      />
      <TagsInput label={t("form.theme")} value={offer.theme} onChange={(theme) => set({ theme })} />
      <TagsInput label={t("keywords")} value={offer.keyword} onChange={(keyword) => set({ keyword })} />
    </div>
  );
}

function WhoFields({ offer, set, errorOf }: PartProps) {
  const t = market.useT();
  const peers = useGet("/peers", { query: { limit: 500 } }).data?.items ?? [];
  return (
    <div className={styles.two}>
      <div className={styles.form}>
        <Checkbox
          label={t("audience.every")}
          checked={offer.audience === null}
          onChange={(event) => set({ audience: event.currentTarget.checked ? null : [] })}
        />
        {offer.audience !== null && (
          <MultiSelect
            label={t("audience")}
            placeholder={offer.audience.length === 0 ? t("audience.nobody") : undefined}
            data={[...new Set([...peers.map((one) => one.name), ...offer.audience])]}
            value={offer.audience}
            onChange={(audience) => set({ audience })}
          />
        )}
      </div>
      <TextInput
        label={t("contact")}
        required
        maxLength={200}
        value={offer.contact}
        error={errorOf("contact")}
        onChange={(event) => set({ contact: event.currentTarget.value })}
      />
      <Select
        label={t("often")}
        allowDeselect={false}
        value={offer.often}
        data={OFTEN.map((one) => ({ value: one, label: t(`often.${one}`) }))}
        onChange={(often) => set({ often: (often as Offer["often"] | null) ?? "irregular" })}
      />
      <DateField label={t("form.until")} value={offer.until} onChange={(day) => set({ until: day })} />
    </div>
  );
}
