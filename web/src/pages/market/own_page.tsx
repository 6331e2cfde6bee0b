/** An own product: writing it, publishing it, and what partners see. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useGet } from "../../api/hooks";
import type { OwnProduct, ProductBody } from "../../api/types";
import type { PageProps } from "../../core/nav";
import { useMe } from "../../core/session";
import { Async, Empty } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { Page } from "../../ui/Page";
import { useKept } from "../data/kept";
import { Acts } from "./Mine";
import { OfferForm } from "./OfferForm";
import { NEW_OFFER, type Offer, offerOf } from "./offer";
import { useOfferTitle } from "./offer_words";
import { ProductView } from "./ProductView";
import { market } from "./texts";

const TONES = { draft: "info", published: "ok", withdrawn: "idle" } as const;

export default function OwnPage({ params }: PageProps) {
  const { product = "new" } = params;
  return product === "new" ? <NewProduct /> : <KnownProduct name={product} />;
}

function NewProduct() {
  const t = market.useT();
  const { can } = useMe();
  const [kept, keep] = useKept<Offer>("product new");
  return (
    <Page title={t("new")} crumbs={useCrumbs()} lead={t("new.lead")}>
      {can("product.publish") ? (
        <OfferForm offer={kept ?? NEW_OFFER} onChange={keep} onDone={() => keep(undefined)} />
      ) : (
        <Empty title={t("not_yours")} />
      )}
    </Page>
  );
}

function useCrumbs(): [string, string][] {
  const t = market.useT();
  return [
    [t("data"), "/data"],
    [t("market"), "/data/market?tab=mine"],
  ];
}

function KnownProduct({ name }: { name: string }) {
  const t = market.useT();
  const title = useOfferTitle();
  const query = useGet("/products/{product}", { path: { product: name } });
  const one = query.data;
  return (
    <Page
      title={one === undefined ? name : title(one) || name}
      crumbs={useCrumbs()}
      badges={one !== undefined && <Badge tone={TONES[one.state]}>{t(`state.${one.state}`)}</Badge>}
      actions={one !== undefined && <Acts one={one} />}
    >
      <Async query={query} height={320}>
        {(found) => <Known one={found} />}
      </Async>
    </Page>
  );
}

function Known({ one }: { one: OwnProduct }) {
  const t = market.useT();
  const { can } = useMe();
  const [kept, keep] = useKept<Offer>(`product ${one.name}`);
  const [editing, setEditing] = useState(kept !== undefined || one.product === null);
  const written = offerOf(one.offer as Partial<ProductBody>);
  const done = (): void => {
    keep(undefined);
    setEditing(false);
  };
  if (can("product.publish") && editing) {
    return (
      <OfferForm
        offer={kept ?? written}
        onChange={keep}
        onDone={done}
        onCancel={one.product ? done : undefined}
        fixed
      />
    );
  }
  return (
    <>
      {can("product.publish") && (
        <div>
          <Button variant="default" onClick={() => setEditing(true)}>
            {t("edit")}
          </Button>
        </div>
      )}
      {one.product !== null && <ProductView product={one.product} />}
    </>
  );
}
