/** Words of an own product: of what is written, which may be ahead of what peers see. */
import type { OwnProduct, Wording } from "../../api/types";
import { useW } from "../../core/texts";

export function useOfferTitle(): (one: OwnProduct) => string {
  const w = useW();
  return (one) => w((one.offer as { title?: Wording }).title ?? one.product?.title);
}
