/** Grants of this node's datasets. */
import { Button, Switch } from "@mantine/core";
import { useState } from "react";
import { usePages } from "../../../api/hooks";
import { Can } from "../../../core/permissions";
import { Async, Empty } from "../../../ui/Async";
import { Section } from "../../../ui/Section";
import { GrantForm } from "../grants/GrantForm";
import { GrantTable } from "../grants/GrantTable";
import { data } from "../texts";

export function Given() {
  const t = data.useT();
  const [giving, setGiving] = useState(false);
  const [all, setAll] = useState(false);
  const { items, more, query } = usePages("/grants", { query: { side: "given", limit: 500 } });
  const shown = items.filter((one) => one.state !== "APPLIED" && (all || (one.state === "APPROVED" && !one.expired)));
  const acts = (
    <>
      <Switch label={t("grants.over")} checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />
      <Can action="grant.give">
        <Button onClick={() => setGiving(true)}>{t("grant.give")}</Button>
      </Can>
    </>
  );
  return (
    <Section title={t("requests.given")} lead={t("grants.lead")} actions={acts}>
      <Async
        query={query}
        empty={() => shown.length === 0 && more === undefined}
        emptyView={<Empty title={t("grants.none")} text={t("grants.none.text")} />}
      >
        {() => <GrantTable caption={t("requests.given")} grants={shown} onMore={more} />}
      </Async>
      {giving && <GrantForm side="given" onClose={() => setGiving(false)} />}
    </Section>
  );
}
