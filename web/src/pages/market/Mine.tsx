/** What this node offers: drafts, published and withdrawn products. */
import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { useAct, useGet } from "../../api/hooks";
import type { OwnProduct } from "../../api/types";
import { notify } from "../../core/notify";
import { Can } from "../../core/permissions";
import { useProblemText } from "../../core/problems";
import { Async, Empty } from "../../ui/Async";
import { Badge, Level } from "../../ui/Badge";
import { Confirm } from "../../ui/Confirm";
import { type Col, DataTable } from "../../ui/DataTable";
import { Time } from "../../ui/Diagnostic";
import { Link } from "../../ui/Link";
import styles from "./market.module.css";
import { useOfferTitle } from "./offer_words";
import { market } from "./texts";

const TONES = { draft: "info", published: "ok", withdrawn: "idle" } as const;

export function Mine() {
  const t = market.useT();
  const title = useOfferTitle();
  const query = useGet("/products", { query: { limit: 500 } });
  const audienceOf = ({ audience }: OwnProduct): string =>
    audience === null ? t("audience.all") : audience.join(", ") || t("audience.nobody");
  const columns: Col<OwnProduct>[] = [
    {
      key: "name",
      title: t("product"),
      cell: (one) => one.name,
      sort: (one) => one.name,
      text: (one) => `${one.name} ${title(one)}`,
      tight: true,
    },
    { key: "title", title: t("title"), cell: title },
    {
      key: "state",
      title: t("state"),
      cell: (one) => <Badge tone={TONES[one.state]}>{t(`state.${one.state}`)}</Badge>,
      sort: (one) => one.state,
      tight: true,
    },
    { key: "level", title: t("level"), cell: (one) => one.product && <Level level={one.product.level} />, tight: true },
    { key: "version", title: t("version"), align: "right", cell: (one) => one.version || t("none_yet") },
    { key: "audience", title: t("audience"), cell: (one) => audienceOf(one) },
    {
      key: "changed",
      title: t("changed"),
      cell: (one) => (
        <span>
          <Time at={one.changed_at} how="ago" /> <span className={styles.soft}>{one.changed_by}</span>
        </span>
      ),
      sort: (one) => one.changed_at,
    },
    { key: "acts", title: t("actions"), hiddenTitle: true, align: "right", cell: (one) => <Acts one={one} /> },
  ];
  const write = (
    <Can action="product.publish">
      <Button component={Link} href="/data/products/new">
        {t("write")}
      </Button>
    </Can>
  );
  return (
    <Async
      query={query}
      empty={({ items }) => items.length === 0}
      emptyView={<Empty title={t("mine.none")} text={t("mine.none.text")} action={write} />}
    >
      {({ items }) => (
        <DataTable
          caption={t("tab.mine")}
          columns={columns}
          rows={items}
          rowKey={(one) => one.name}
          rowHref={(one) => `/data/products/${encodeURIComponent(one.name)}`}
          filter={items.length > 6}
        />
      )}
    </Async>
  );
}

export function Acts({ one }: { one: OwnProduct }) {
  const t = market.useT();
  const text = useProblemText();
  const [asking, setAsking] = useState(false);
  const { name: product } = one;
  const invalidates = ["/products", "/products/{product}"] as ("/products" | "/products/{product}")[];
  const publish = useAct("post", "/products/{product}/publish", { invalidates, success: t("published") });
  const withdraw = useAct("post", "/products/{product}/withdraw", { invalidates, success: t("withdrawn") });
  const onError = (problem: Parameters<typeof text>[0]): void => notify({ tone: "bad", text: text(problem).title });
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      {one.state !== "published" && (
        <Can action="product.publish">
          <Button
            size="compact-sm"
            loading={publish.isPending}
            aria-label={t("publish_of", { name: product })}
            onClick={() => publish.mutate({ path: { product } }, { onError })}
          >
            {t("publish")}
          </Button>
        </Can>
      )}
      {one.state === "published" && (
        <Can action="product.withdraw">
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t("withdraw_of", { name: product })}
            onClick={() => setAsking(true)}
          >
            {t("withdraw")}
          </Button>
        </Can>
      )}
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={t("withdraw.title", { name: product })}
        text={t("withdraw.text")}
        label={t("withdraw")}
        onConfirm={() => withdraw.mutateAsync({ path: { product } })}
      />
    </Group>
  );
}
