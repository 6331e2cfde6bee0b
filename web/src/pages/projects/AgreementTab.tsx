import { useGet } from "../../api/hooks";
import type { Agreement } from "../../api/types";
import { useFormat } from "../../core/format";
import { to } from "../../core/nav";
import { useCodeText } from "../../core/problems";
import { useMe } from "../../core/session";
import { Badge } from "../../ui/Badge";
import { Copy } from "../../ui/Copy";
import { Time } from "../../ui/Diagnostic";
import { KeyValue } from "../../ui/KeyValue";
import { Link } from "../../ui/Link";
import { Party } from "../../ui/Party";
import { Card, Section } from "../../ui/Section";
import styles from "./projects.module.css";
import { hearsOfAll, mayDecide, unsigned } from "./state";
import { TermsView } from "./TermsView";
import { termsOf } from "./terms";
import { projects } from "./texts";
import { useOwnItem } from "./waiting";

export function AgreementTab({ agreement }: { agreement: Agreement }) {
  const t = projects.useT();
  return (
    <>
      {agreement.state === "PROPOSED" && <Waiting agreement={agreement} />}
      <Section title={t("terms")}>
        <TermsView terms={termsOf(agreement)} />
      </Section>
      <div className={styles.grid}>
        <Section title={t("members")} lead={t("members.caption")}>
          <Members agreement={agreement} />
        </Section>
        <Section title={t("facts")}>
          <Facts agreement={agreement} />
        </Section>
      </div>
    </>
  );
}

/** Who is next. */
function Waiting({ agreement }: { agreement: Agreement }) {
  const t = projects.useT();
  const item = useOwnItem(agreement);
  const isOfficer = useMe().roles.includes("compliance_officer");
  if (!mayDecide(agreement)) return <Others agreement={agreement} />;
  const { people = 1, compliance_officer: compliance = true } = item?.missing ?? {};
  const officer = isOfficer && item?.obstacle === null ? "waits.officer" : "waits.compliance";
  return (
    <Card tone="warn">
      <strong>{t("waits.title")}</strong>
      <p className={styles.soft}>{compliance ? t(officer) : t("waits.people", { count: people })}</p>
    </Card>
  );
}

function Others({ agreement }: { agreement: Agreement }) {
  const t = projects.useT();
  const format = useFormat();
  const me = useMe().node?.name;
  const { proposer } = agreement;
  const missing = unsigned(agreement);
  const members = format.list(missing);
  return (
    <Card tone="info">
      <strong>{t("others.title")}</strong>
      <p className={styles.soft}>
        {missing.length === 0 ? t("why.sides") : t("why.signed", { members })}{" "}
        {missing.length > 0 && !hearsOfAll(agreement, me) && <>{t("why.heard", { proposer })} </>}
        {t("others.text")}
      </p>
    </Card>
  );
}

function Members({ agreement }: { agreement: Agreement }) {
  const t = projects.useT();
  const me = useMe().node?.name;
  const known = hearsOfAll(agreement, me);
  return (
    <ul className={styles.plain}>
      {agreement.members.map((member) => (
        <li key={member} className={styles.line}>
          <Party name={member} />
          {member in agreement.signatures ? (
            <Badge tone="ok">{t("member.signed")}</Badge>
          ) : (
            <Badge tone="idle">{t(known || member === me ? "member.waiting" : "member.unheard")}</Badge>
          )}
          {member === agreement.proposer && <span className={styles.soft}>{t("member.proposer")}</span>}
        </li>
      ))}
    </ul>
  );
}

function Facts({ agreement }: { agreement: Agreement }) {
  const t = projects.useT();
  const code = useCodeText();
  const amended = useGet(
    "/agreements/{agreement}",
    { path: { agreement: agreement.amends ?? "" } },
    { enabled: agreement.amends !== null },
  );
  const { reason } = agreement;
  return (
    <KeyValue
      items={[
        [t("facts.version"), String(agreement.version)],
        [t("facts.author"), <Party key="a" name={agreement.author} size="sm" />],
        [t("facts.created"), <Time key="c" at={agreement.created_at} />],
        agreement.final_at !== null && [t("facts.final"), <Time key="f" at={agreement.final_at} />],
        agreement.amends !== null && [
          t("facts.amends"),
          <Link key="m" href={to.agreement(agreement.amends)}>
            {amended.data?.name ?? agreement.amends}
          </Link>,
        ],
        reason !== null && [
          t("facts.reason"),
          <span key="r">{reason === "project.terminated" ? t("reason.ended") : (code(reason) ?? reason)}</span>,
        ],
        [t("facts.id"), <Long key="i" value={agreement.id} />],
        [t("facts.hash"), <Long key="h" value={agreement.hash} />],
      ]}
    />
  );
}

/** A text of no meaning to people: its beginning, and all of it to copy. */
function Long({ value }: { value: string }) {
  return (
    <span className={styles.line}>
      <code title={value}>{value.slice(0, 16)}…</code>
      <Copy value={value} />
    </span>
  );
}
