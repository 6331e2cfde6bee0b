/** Last: what there is now, and where to go from here. */
import { Button } from "@mantine/core";
import { to } from "../../../core/nav";
import { useMe } from "../../../core/session";
import { Link } from "../../../ui/Link";
import { Section } from "../../../ui/Section";
import { useKept } from "../kept";
import { data } from "../texts";
import styles from "./connect.module.css";
import type { StageProps } from "./page";
import { NEW_PLAN } from "./plan";

export function Done({ plan, change }: StageProps) {
  const t = data.useT();
  const me = useMe();
  const [, forget] = useKept("connect typed query");
  const [first] = plan.done;
  const brought = encodeURIComponent(first ?? "");
  const again = (): void => {
    forget(undefined);
    change({ ...NEW_PLAN, connection: undefined });
  };
  const ways: [key: "project" | "policy" | "grant" | "product" | "flow", href: string, may: boolean][] = [
    ["project", `/projects/new?dataset=${brought}`, me.can("agreement.propose")],
    ["flow", `/flows/new?dataset=${brought}`, me.can("job.submit")],
    ["policy", to.dataset(first ?? "", "policy"), me.can("policy.change")],
    ["grant", to.dataset(first ?? "", "grants"), me.can("grant.give")],
    ["product", "/data/products/new", me.can("product.publish")],
  ];
  return (
    <Section title={t("done.title", { count: plan.done.length })} lead={t("done.lead")}>
      <ul className={styles.names}>
        {plan.done.map((name) => (
          <li key={name}>
            <Link href={to.dataset(name)}>{name}</Link>
          </li>
        ))}
      </ul>
      <ul className={styles.choices}>
        {ways
          .filter(([, , may]) => may)
          .map(([key, href]) => (
            <li key={key}>
              <Link href={href} className={styles.choice}>
                <strong>{t(`done.${key}`)}</strong>
                <span className={styles.soft}>{t(`done.${key}.text`)}</span>
              </Link>
            </li>
          ))}
      </ul>
      <Button mt="lg" variant="default" onClick={again}>
        {t("done.again")}
      </Button>
    </Section>
  );
}
