/** A partner's product in short. */
import type { FoundProduct } from "../../api/types";
import { useQueryPart } from "../../core/location";
import { useW } from "../../core/texts";
import { Level } from "../../ui/Badge";
import { Link } from "../../ui/Link";
import { Party } from "../../ui/Party";
import styles from "./market.module.css";
import { usePriceText } from "./prices";
import { market } from "./texts";

export function Card({ found: { product, error } }: { found: FoundProduct }) {
  const t = market.useT();
  const w = useW();
  const price = usePriceText();
  const [, change] = useQueryPart();
  const { publisher, identifier, datasets, terms } = product;
  const columns = datasets.reduce((sum, one) => sum + one.columns.length, 0);
  return (
    <li className={styles.card}>
      <div className={styles.top}>
        <Party name={publisher} size="sm" />
        <Level level={product.level} />
      </div>
      <h3 className={styles.title}>
        <Link href={`/data/market/${encodeURIComponent(publisher)}/${encodeURIComponent(identifier)}`}>
          {w(product.title)}
        </Link>
      </h3>
      <p className={styles.text} data-raw>
        {w(product.description)}
      </p>
      <ul className={styles.tags}>
        {(product.theme ?? []).map((theme) => (
          <li key={theme}>
            <button type="button" onClick={() => change({ topic: theme })} aria-label={t("filter.theme", { theme })}>
              {theme}
            </button>
          </li>
        ))}
      </ul>
      <p className={styles.foot}>
        {t("card.columns", { count: columns })} · {t(`often.${product.accrual_periodicity ?? "irregular"}`)} ·{" "}
        {(terms?.prices ?? []).map(price).join(", ") || t("price.none")}
      </p>
      {error !== null && <p className={styles.stale}>{t("card.old", { peer: publisher })}</p>}
    </li>
  );
}
