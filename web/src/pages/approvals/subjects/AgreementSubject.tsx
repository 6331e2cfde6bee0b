/** An offer of an agreement: what this organisation would bind itself to. */
import { Alert } from "@mantine/core";
import type { Agreement, InboxItem } from "../../../api/types";
import { useFormat } from "../../../core/format";
import { to } from "../../../core/nav";
import { own } from "../../../core/own";
import { useMe } from "../../../core/session";
import { visible } from "../../../core/visible";
import { AgreedPrices } from "../../../flow/preview/Price";
import { preview } from "../../../flow/preview/texts";
import { Async } from "../../../ui/Async";
import { Time } from "../../../ui/Diagnostic";
import { KeyValue } from "../../../ui/KeyValue";
import { Link } from "../../../ui/Link";
import { Party, useHue } from "../../../ui/Party";
import { Section } from "../../../ui/Section";
import { isOffer, useOffer } from "../bound";
import styles from "../Item.module.css";
import { approvals } from "../texts";

export function AgreementSubject({ item }: { item: InboxItem }) {
  const t = approvals.useT();
  return (
    <Async query={useOffer(item)} height={320}>
      {(found) => (
        <>
          {!isOffer(item, found) && (
            <Alert color="yellow" title={t("agreement.other")}>
              {t("agreement.other_text")}
            </Alert>
          )}
          <Shown agreement={found} />
        </>
      )}
    </Async>
  );
}

function Shown({ agreement }: { agreement: Agreement }) {
  const t = approvals.useT();
  const me = useMe().node?.name ?? "";
  const members = [...agreement.members].sort((one, other) => Number(one === me) - Number(other === me));
  return (
    <>
      <Section title={t("agreement.purpose")}>
        <blockquote className={styles.quote} data-raw>
          {visible(agreement.purpose)}
        </blockquote>
      </Section>
      <Section title={t("agreement.data")} lead={t("agreement.data_lead")}>
        <ul className={styles.learns}>
          {members.map((member) => (
            <Member key={member} name={member} datasets={own(agreement.datasets, member) ?? []} mine={member === me} />
          ))}
        </ul>
      </Section>
      <Terms agreement={agreement} />
    </>
  );
}

function Member({ name, datasets, mine }: { name: string; datasets: string[]; mine: boolean }) {
  const t = approvals.useT();
  const hue = useHue()(name);
  return (
    <li className={styles.party} data-hue={hue}>
      <p className={styles.who}>
        <Party name={name} />
      </p>
      {datasets.length === 0 ? (
        <p className={styles.nothing}>{t("agreement.no_data")}</p>
      ) : (
        <ul className={styles.columnList} aria-label={t("datasets")}>
          {datasets.map((dataset) => (
            <li key={dataset} className={styles.column}>
              {mine ? <Link href={to.dataset(dataset)}>{dataset}</Link> : <span data-raw>{dataset}</span>}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function Terms({ agreement }: { agreement: Agreement }) {
  const t = approvals.useT();
  const words = preview.useT();
  const format = useFormat();
  const { limits, operators, profiles, initiators } = agreement;
  return (
    <Section title={t("agreement.terms")}>
      <KeyValue
        items={[
          [t("agreement.author"), <Party key="author" name={agreement.author} />],
          [t("agreement.version"), format.number(agreement.version)],
          [t("agreement.until"), <Time key="until" at={agreement.valid_until} how="date" />],
          [t("operators"), operators.length === 0 ? t("any") : <code key="operators">{operators.join(", ")}</code>],
          initiators && [t("agreement.initiators"), initiators.join(", ")],
          profiles && [t("agreement.profiles"), profiles.join(", ")],
          limits?.jobs != null && [t("agreement.jobs"), format.number(limits.jobs)],
          limits?.rows != null && [t("agreement.rows"), format.number(limits.rows)],
          [
            t("agreement.prices"),
            agreement.prices?.length ? <AgreedPrices key="prices" prices={agreement.prices} /> : words("price.free"),
          ],
          [
            t("agreement"),
            <Link key="link" href={to.agreement(agreement.id, "negotiation")}>
              {t("agreement.open")}
            </Link>,
          ],
        ]}
      />
    </Section>
  );
}
