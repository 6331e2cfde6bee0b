/** Grants of partners' datasets that this node asked for or was given. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { usePages } from "../../../api/hooks";
import { Can } from "../../../core/permissions";
import { Async, Empty } from "../../../ui/Async";
import { Section } from "../../../ui/Section";
import { GrantForm } from "../grants/GrantForm";
import { GrantTable } from "../grants/GrantTable";
import { data } from "../texts";

export function Asked() {
  const t = data.useT();
  const [asking, setAsking] = useState(false);
  const { items, more, query } = usePages("/grants", { query: { side: "asked", limit: 500 } });
  const ask = (
    <Can action="grant.request">
      <Button onClick={() => setAsking(true)}>{t("grant.request")}</Button>
    </Can>
  );
  return (
    <Section title={t("requests.asked")} lead={t("requests.asked.lead")} actions={ask}>
      <Async query={query} emptyView={<Empty title={t("requests.asked.none")} text={t("requests.asked.none.text")} />}>
        {() => <GrantTable caption={t("requests.asked")} grants={items} onMore={more} />}
      </Async>
      {asking && <GrantForm side="asked" onClose={() => setAsking(false)} />}
    </Section>
  );
}
