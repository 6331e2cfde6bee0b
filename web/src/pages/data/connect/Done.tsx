/** Last: what there is now, and where to go from here. */
import { Button, Group } from "@mantine/core";
import { useGet } from "../../../api/hooks";
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
  const isAgreed = useAgreed(plan.done);
  const ways: [key: "project" | "policy" | "grant" | "product" | "flow", href: string, may: boolean][] = [
    ["project", `/projects/new?dataset=${brought}`, me.can("agreement.propose")],
    ["flow", `/flows/new?dataset=${brought}`, me.can("job.submit")],
    ["policy", to.dataset(first ?? "", "policy"), me.can("policy.change")],
    ["grant", to.dataset(first ?? "", "grants"), me.can("grant.give")],
    ["product", "/data/products/new", me.can("product.publish")],
  ];
  const open = ways.filter(([, , may]) => may);
  const next = open.find(([key]) => key === (isAgreed ? "flow" : "project")) ?? open[0];
  const others = open.filter((way) => way !== next);
  return (
    <Section title={t("done.title", { count: plan.done.length })} lead={t("done.lead")}>
      <ul className={styles.names}>
        {plan.done.map((name) => (
          <li key={name}>
            <Link href={to.dataset(name)}>{name}</Link>
          </li>
        ))}
      </ul>
      {next !== undefined && (
        <Group gap="md">
          <Button component={Link} href={next[1]} size="md">
            {t(`done.${next[0]}`)}
          </Button>
          <span className={styles.soft}>{t(`done.${next[0]}.text`)}</span>
        </Group>
      )}
      {others.length > 0 && (
        <>
          <p className={styles.or}>{t("done.or")}</p>
          <ul className={styles.choices}>
            {others.map(([key, href]) => (
              <li key={key}>
                <Link href={href} className={styles.choice}>
                  <strong>{t(`done.${key}`)}</strong>
                  <span className={styles.soft}>{t(`done.${key}.text`)}</span>
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
      <Button mt="lg" variant="default" onClick={again}>
        {t("done.again")}
      </Button>
    </Section>
  );
}

/** Whether a project that is not over has one of these datasets of this node. */
function useAgreed(names: string[]): boolean {
  const me = useMe();
  const query = { query: { limit: 500 } };
  const known = useGet("/agreements", query, { enabled: me.can("agreement.read") }).data?.items ?? [];
  const standing = known.filter(({ state }) => state === "PROPOSED" || state === "ACTIVE");
  const own = standing.flatMap(({ datasets }) => datasets[me.node?.name ?? ""] ?? []);
  return names.some((name) => own.includes(name));
}
