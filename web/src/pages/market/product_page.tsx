/** A partner's product in full, and asking for it. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useGet } from "../../api/hooks";
import type { FoundProduct } from "../../api/types";
import type { PageProps } from "../../core/nav";
import { Can } from "../../core/permissions";
import { useW } from "../../core/texts";
import { Async } from "../../ui/Async";
import { Level } from "../../ui/Badge";
import { Time } from "../../ui/Diagnostic";
import { Page } from "../../ui/Page";
import { Party } from "../../ui/Party";
import { Card } from "../../ui/Section";
import { ProductView } from "./ProductView";
import { Request } from "./Request";
import { market } from "./texts";

export default function ProductPage({ params }: PageProps) {
  const t = market.useT();
  const w = useW();
  const { peer = "", product = "" } = params;
  const query = useGet("/products/of/{peer}/{product}", { path: { peer, product } });
  const found = query.data?.product;
  const [asking, setAsking] = useState(false);
  const ask = (
    <Can action="product.request">
      <Button onClick={() => setAsking(true)}>{t("request")}</Button>
    </Can>
  );
  const badges = (
    <>
      <Party name={peer} size="sm" />
      {found !== undefined && <Level level={found.level} />}
    </>
  );
  return (
    <Page
      title={found === undefined ? product : w(found.title)}
      crumbs={[
        [t("data"), "/data"],
        [t("market"), "/data/market"],
      ]}
      badges={badges}
      lead={found && <span data-raw>{w(found.description)}</span>}
      actions={found !== undefined && ask}
    >
      <Async query={query} height={320}>
        {(one) => <Found one={one} />}
      </Async>
      {asking && found !== undefined && <Request peer={peer} product={found} onClose={() => setAsking(false)} />}
    </Page>
  );
}

function Found({ one }: { one: FoundProduct }) {
  const t = market.useT();
  return (
    <>
      {one.error !== null && (
        <Card tone="warn">
          {t("card.old", { peer: one.product.publisher })} <Time at={one.fetched_at} how="ago" />
        </Card>
      )}
      <ProductView product={one.product} />
    </>
  );
}
