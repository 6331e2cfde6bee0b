/** Search over the products of all partners. The words and filters stand in the address. */
import { Button, Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { get, keyOf, useGet } from "../../api/hooks";
import type { FoundProduct } from "../../api/types";
import { IconRefresh, IconSearch } from "../../core/icons";
import { useQueryPart } from "../../core/location";
import { useMe } from "../../core/session";
import { Async, Empty } from "../../ui/Async";
import { useOperatorChoices } from "../data/policy/known";
import { Card } from "./Card";
import styles from "./market.module.css";
import { market } from "./texts";

const UNITS = ["job", "row", "query"] as const;
type Unit = (typeof UNITS)[number];
/** Names in the address; `theme` there is the appearance of the console. */
const FILTERS = ["text", "peer", "operator", "level", "unit", "topic"];

export function Search() {
  const t = market.useT();
  const [query, change] = useQueryPart();
  const asked = useAsked(query);
  const found = useGet("/products/search", { query: asked });
  const searched = FILTERS.some((key) => query.has(key));
  const none = searched ? (
    <Empty
      title={t("search.none")}
      text={t("search.none.text")}
      action={
        <Button variant="default" onClick={() => change(Object.fromEntries(FILTERS.map((key) => [key, undefined])))}>
          {t("search.clear")}
        </Button>
      }
    />
  ) : (
    <Empty title={t("search.empty")} text={t("search.empty.text")} />
  );
  return (
    <>
      <Filters />
      <Async query={found} height={260} empty={({ items }) => items.length === 0} emptyView={none}>
        {({ items }) => <Cards items={items} />}
      </Async>
    </>
  );
}

function useAsked(query: URLSearchParams) {
  const unit = UNITS.find((one) => one === query.get("unit"));
  return {
    text: query.get("text") ?? "",
    operator: query.get("operator") ?? undefined,
    level: query.get("level") === null ? undefined : Number(query.get("level")),
    unit,
    theme: query.get("topic") ?? undefined,
    peer: query.get("peer") ?? undefined,
    limit: 200,
  };
}

function Cards({ items }: { items: FoundProduct[] }) {
  return (
    <ul className={styles.cards}>
      {items.map((one) => (
        <Card key={`${one.product.publisher} ${one.product.identifier}`} found={one} />
      ))}
    </ul>
  );
}

function Filters() {
  const t = market.useT();
  const { can } = useMe();
  const [query, change] = useQueryPart();
  const operators = useOperatorChoices();
  const peers = useGet("/peers", { query: { limit: 500 } }, { enabled: can("peer.read") }).data?.items ?? [];
  const theme = query.get("topic");
  return (
    <search className={styles.filters} aria-label={t("search")}>
      <Words />
      <Select
        label={t("partner")}
        clearable
        data={peers.map((one) => one.name)}
        value={query.get("peer")}
        onChange={(peer) => change({ peer: peer ?? undefined })}
      />
      <Select
        label={t("filter.operator")}
        clearable
        searchable
        data={operators}
        value={query.get("operator")}
        onChange={(operator) => change({ operator: operator ?? undefined })}
      />
      <Select
        label={t("filter.level")}
        clearable
        data={[1, 2, 3, 4, 5].map((level) => ({ value: String(level), label: t("filter.level.at_most", { level }) }))}
        value={query.get("level")}
        onChange={(level) => change({ level: level ?? undefined })}
      />
      <Select
        label={t("filter.unit")}
        clearable
        data={UNITS.map((unit) => ({ value: unit, label: t(`unit.${unit}`) }))}
        value={query.get("unit")}
        onChange={(unit) => change({ unit: (unit as Unit | null) ?? undefined })}
      />
      <Fresh />
      {theme !== null && (
        <Button variant="light" size="compact-md" onClick={() => change({ topic: undefined })}>
          {t("filter.theme", { theme })}
        </Button>
      )}
    </search>
  );
}

/** Searches a moment after the last key. */
function Words() {
  const t = market.useT();
  const [query, change] = useQueryPart();
  const [text, setText] = useState(query.get("text") ?? "");
  const [settled] = useDebouncedValue(text, 300);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the words have settled
  useEffect(() => {
    if (settled !== (query.get("text") ?? "")) change({ text: settled || undefined });
  }, [settled]);
  return (
    <TextInput
      className={styles.words}
      label={t("search")}
      placeholder={t("search.placeholder")}
      leftSection={<IconSearch size={16} aria-hidden />}
      value={text}
      maxLength={200}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  );
}

/** Asks all partners anew; else copies of up to five minutes are searched. */
function Fresh() {
  const t = market.useT();
  const client = useQueryClient();
  const [query] = useQueryPart();
  const asked = useAsked(query);
  const [busy, setBusy] = useState(false);
  const refresh = async (): Promise<void> => {
    setBusy(true);
    try {
      const found = await get("/products/search", { query: { ...asked, fresh: true } });
      client.setQueryData(keyOf("/products/search", { query: asked }), found);
    } catch {
      await client.invalidateQueries({ queryKey: ["/products/search"] }); // the list itself shows the error
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      variant="default"
      loading={busy}
      leftSection={<IconRefresh size={16} aria-hidden />}
      onClick={() => void refresh()}
    >
      {t("search.fresh")}
    </Button>
  );
}
