/** What runs out soon, changed or failed by itself. Only there while there is something. */
import { useGet } from "../../api/hooks";
import { useFormat } from "../../core/format";
import { IconAlertTriangle, IconClock } from "../../core/icons";
import { useMe } from "../../core/session";
import { Link } from "../../ui/Link";
import { Section } from "../../ui/Section";
import styles from "./home.module.css";
import { type Soon, soonOf } from "./soon";
import { home } from "./texts";

const SHOWN = 8;

export function Attention() {
  const t = home.useT();
  const found = useSoon();
  if (found.length === 0) return null;
  return (
    <Section title={t("attention")} flush>
      <ul className={styles.rows}>
        {found.slice(0, SHOWN).map((one) => (
          <Line key={one.key} one={one} />
        ))}
      </ul>
      {found.length > SHOWN && <p className={styles.rest}>{t("attention.more", { count: found.length - SHOWN })}</p>}
    </Section>
  );
}

function useSoon(): Soon[] {
  const { can } = useMe();
  const many = { query: { limit: 500 } };
  const grants = useGet("/grants", { query: { state: "APPROVED", limit: 500 } }, { enabled: can("grant.read") }).data;
  const agreements = useGet("/agreements", many, { enabled: can("agreement.read") }).data;
  const schedules = useGet("/schedules", many, { enabled: can("schedule.read") }).data;
  const datasets = useGet("/datasets", many, { enabled: can("dataset.read") }).data;
  const known = {
    grants: grants?.items,
    agreements: agreements?.items,
    schedules: schedules?.items,
    datasets: datasets?.items,
  };
  return soonOf(known, Date.now());
}

function Line({ one }: { one: Soon }) {
  const t = home.useT();
  const format = useFormat();
  const Sign = one.kind === "agreement" || one.kind.startsWith("grant") ? IconClock : IconAlertTriangle;
  const values = { name: one.name, peer: one.peer ?? "", when: format.ago(one.at) };
  return (
    <li className={styles.row} data-urgent={one.urgent || undefined}>
      <Sign size={18} aria-hidden className={styles.sign} />
      <div className={styles.words}>
        <Link href={one.href} className={styles.name}>
          {t(`attention.${one.kind}`, values)}
        </Link>
        <p className={styles.small}>{t(`attention.${one.kind}.hint`, values)}</p>
      </div>
    </li>
  );
}
