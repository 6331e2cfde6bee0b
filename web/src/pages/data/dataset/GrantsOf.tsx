/** Who may use a dataset, and giving it. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { usePages } from "../../../api/hooks";
import { Can } from "../../../core/permissions";
import { Async, Empty } from "../../../ui/Async";
import { Section } from "../../../ui/Section";
import { GrantForm } from "../grants/GrantForm";
import { GrantTable } from "../grants/GrantTable";
import { data } from "../texts";

export function GrantsOf({ name }: { name: string }) {
  const t = data.useT();
  const [giving, setGiving] = useState(false);
  const { items, more, query } = usePages("/grants", { query: { side: "given", limit: 500 } });
  const mine = items.filter((one) => one.datasets.includes(name) || one.selector === name);
  const give = (
    <Can action="grant.give">
      <Button onClick={() => setGiving(true)}>{t("grant.give")}</Button>
    </Can>
  );
  return (
    <Section title={t("tab.grants")} lead={t("grants.lead")} actions={give}>
      <Async
        query={query}
        empty={() => mine.length === 0 && more === undefined}
        emptyView={<Empty title={t("grants.none")} text={t("grants.none.text")} />}
      >
        {() => <GrantTable caption={t("tab.grants")} grants={mine} onMore={more} />}
      </Async>
      {giving && <GrantForm side="given" dataset={name} onClose={() => setGiving(false)} />}
    </Section>
  );
}
