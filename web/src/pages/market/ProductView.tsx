/** A product: its datasets with levels, what it may be used for, and its terms. */
import type { Product, ProductDataset } from "../../api/types";
import { useFormat } from "../../core/format";
import { Badge, Level } from "../../ui/Badge";
import { type Col, DataTable } from "../../ui/DataTable";
import { KeyValue } from "../../ui/KeyValue";
import { Section } from "../../ui/Section";
import styles from "./market.module.css";
import { usePriceText, useProfileText } from "./prices";
import { market } from "./texts";

const DAY = 86_400_000;

export function ProductView({ product }: { product: Product }) {
  return (
    <>
      <TermsOf product={product} />
      {product.datasets.map((one) => (
        <DatasetOf key={one.identifier} one={one} />
      ))}
      <UsesOf product={product} />
    </>
  );
}

function TermsOf({ product }: { product: Product }) {
  const t = market.useT();
  const format = useFormat();
  const price = usePriceText();
  const profile = useProfileText();
  const { terms = {}, keyword = [] } = product;
  const { limits } = terms;
  const share = terms.owner_share == null ? t("terms.open") : format.percent(Number(terms.owner_share));
  return (
    <Section title={t("terms")} lead={t("terms.lead")}>
      <KeyValue
        items={[
          [t("terms.prices"), (terms.prices ?? []).map(price).join(", ") || t("price.none")],
          [t("terms.share"), share],
          [t("terms.operators"), (terms.operators ?? []).join(", ") || t("terms.any")],
          (terms.profiles ?? []).length > 0 && [t("terms.profiles"), (terms.profiles ?? []).map(profile).join(", ")],
          limits?.jobs != null && [t("terms.jobs"), format.number(limits.jobs)],
          limits?.period_ms != null && [t("terms.days"), format.number(limits.period_ms / DAY)],
          limits?.rows != null && [t("terms.rows"), format.number(limits.rows)],
          product.valid_until != null && [t("terms.until"), format.date(product.valid_until)],
          [t("often"), t(`often.${product.accrual_periodicity ?? "irregular"}`)],
          [t("contact"), product.contact_point],
          [t("institution"), product.institution],
          [t("version"), product.version],
          [t("modified"), format.date(product.modified)],
          keyword.length > 0 && [t("keywords"), keyword.join(", ")],
        ]}
      />
    </Section>
  );
}

function DatasetOf({ one }: { one: ProductDataset }) {
  const t = market.useT();
  const format = useFormat();
  const columns: Col<ProductDataset["columns"][number]>[] = [
    {
      key: "name",
      title: t("column"),
      cell: (column) => <strong>{column.name}</strong>,
      sort: (column) => column.name,
    },
    { key: "type", title: t("type"), cell: (column) => <code>{column.type}</code>, sort: (column) => column.type },
    {
      key: "level",
      title: t("level"),
      cell: (column) => <Level level={column.level} />,
      sort: (column) => column.level,
    },
    {
      key: "nulls",
      title: t("nulls"),
      align: "right",
      cell: (column) => (column.null_share == null ? t("untold") : format.percent(column.null_share)),
      sort: (column) => column.null_share,
    },
    {
      key: "distinct",
      title: t("distinct"),
      align: "right",
      cell: (column) => (column.distinct == null ? t("untold") : `≈ ${format.number(column.distinct, 0)}`),
      sort: (column) => column.distinct,
    },
  ];
  return (
    <Section
      title={t("dataset.title", { name: one.identifier })}
      lead={one.rows == null ? t("dataset.few") : t("dataset.rows", { rows: format.number(one.rows, 0) })}
      flush
    >
      <DataTable
        caption={t("dataset.title", { name: one.identifier })}
        columns={columns}
        rows={one.columns}
        rowKey={(column) => column.name}
      />
    </Section>
  );
}

const USES = [
  "join_key",
  "aggregate",
  "feature",
  "label",
  "score",
  "plaintext",
  "group_key",
  "read",
  "filter",
] as const;

function UsesOf({ product }: { product: Product }) {
  const t = market.useT();
  const uses = product.uses ?? [];
  if (uses.length === 0) return null;
  return (
    <Section title={t("uses")} lead={t("uses.lead")}>
      <ul className={styles.uses}>
        {uses.map((one) => {
          const known = USES.find((use) => use === one.use);
          return (
            <li key={one.use}>
              <Badge tone={one.allowed ? "ok" : "bad"}>{t(one.allowed ? "uses.yes" : "uses.no")}</Badge>
              <span>{known === undefined ? one.use : t(`use.${known}`)}</span>
              {one.least != null && one.least > 1 && (
                <span className={styles.soft}>{t("uses.least", { count: one.least })}</span>
              )}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
