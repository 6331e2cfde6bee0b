/** A peer asks to use datasets, or somebody here wants to give them. */
import { useGet } from "../../../api/hooks";
import type { Grant, InboxItem } from "../../../api/types";
import { useFormat } from "../../../core/format";
import { to } from "../../../core/nav";
import { useMe } from "../../../core/session";
import { visible } from "../../../core/visible";
import { Async } from "../../../ui/Async";
import { Level } from "../../../ui/Badge";
import { Time } from "../../../ui/Diagnostic";
import { KeyValue } from "../../../ui/KeyValue";
import { Link } from "../../../ui/Link";
import { Party } from "../../../ui/Party";
import { Section } from "../../../ui/Section";
import styles from "../Item.module.css";
import { approvals } from "../texts";
import { Under } from "./JobSubject";
import { PlainSubject } from "./PlainSubject";

export function GrantSubject({ item }: { item: InboxItem }) {
  const me = useMe();
  const may = me.can("grant.read");
  const query = useGet("/grants/{grant}", { path: { grant: item.subject } }, { enabled: may });
  if (!may) return <PlainSubject item={item} />;
  return (
    <Async query={query} height={320}>
      {(grant) => <Shown grant={grant} />}
    </Async>
  );
}

function Shown({ grant }: { grant: Grant }) {
  const t = approvals.useT();
  const format = useFormat();
  return (
    <>
      <Section title={t("grant.who")} lead={t("grant.lead")}>
        <p className={styles.from}>
          <Party name={grant.peer} />
        </p>
        <ul className={styles.columnList} aria-label={t("datasets")}>
          {grant.datasets.map((name) => (
            <DatasetChip key={name} name={name} />
          ))}
        </ul>
        {grant.selector !== grant.datasets.join() && (
          <p className={styles.soft}>{t("grant.selector", { pattern: grant.selector })}</p>
        )}
      </Section>
      <Section title={t("grant.terms")}>
        <KeyValue
          items={[
            [t("grant.purpose"), <span key="purpose">{visible(grant.purpose ?? t("any"))}</span>],
            [t("agreement"), <Under key="agreement" agreement={grant.agreement} />],
            [t("operators"), grant.operators === null ? t("any") : grant.operators.join(", ")],
            [t("grant.jobs"), grant.max_jobs === null ? t("grant.unlimited") : format.number(grant.max_jobs)],
            [
              t("grant.until"),
              grant.until === null ? t("grant.no_end") : <Time key="until" at={grant.until} how="date" />,
            ],
          ]}
        />
      </Section>
    </>
  );
}

function DatasetChip({ name }: { name: string }) {
  const me = useMe();
  const labels = useGet("/datasets/{name}/labels", { path: { name } }, { enabled: me.can("label.read") }).data;
  return (
    <li className={styles.column}>
      <Link href={to.dataset(name)}>{name}</Link>
      {labels !== undefined && <Level level={labels.level} />}
    </li>
  );
}
