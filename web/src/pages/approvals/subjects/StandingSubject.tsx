/** One flow that shall run again and again without asking. */
import { useGet } from "../../../api/hooks";
import type { InboxItem } from "../../../api/types";
import { useFormat } from "../../../core/format";
import { useMe } from "../../../core/session";
import { useW } from "../../../core/texts";
import { Async } from "../../../ui/Async";
import { Time } from "../../../ui/Diagnostic";
import { KeyValue } from "../../../ui/KeyValue";
import { Party, useHue } from "../../../ui/Party";
import { Section } from "../../../ui/Section";
import styles from "../Item.module.css";
import { approvals } from "../texts";
import { saidOf } from "../words";
import { Under } from "./JobSubject";

export function StandingSubject({ item }: { item: InboxItem }) {
  const t = approvals.useT();
  const format = useFormat();
  const query = useGet("/standing/{standing_id}", { path: { standing_id: item.subject } });
  return (
    <>
      <Section title={t("learns.each_run")} lead={t("learns.lead")}>
        <Told item={item} />
      </Section>
      <Async query={query} height={160}>
        {(standing) => (
          <Section title={t("standing.terms")} lead={t("standing.lead")}>
            <KeyValue
              items={[
                [t("flow"), <span key="flow">{standing.name}</span>],
                [t("initiator"), <Party key="initiator" name={standing.initiator} />],
                [t("agreement"), <Under key="agreement" agreement={standing.agreement} />],
                [
                  t("standing.runs"),
                  standing.max_runs === null ? t("grant.unlimited") : format.number(standing.max_runs),
                ],
                [
                  t("standing.until"),
                  standing.until === null ? t("grant.no_end") : <Time key="until" at={standing.until} how="date" />,
                ],
                [t("hash"), <code key="hash">{standing.flow_hash}</code>],
              ]}
            />
          </Section>
        )}
      </Async>
    </>
  );
}

/** The disclosures of a summary, party by party. */
export function Told({ item }: { item: InboxItem }) {
  const w = useW();
  const me = useMe().node?.name;
  const hue = useHue();
  const lines = saidOf(w(item.summary));
  const ordered = [...lines].sort((one, other) => Number(one.head === me) - Number(other.head === me));
  return (
    <ul className={styles.learns}>
      {ordered.map((line) => (
        <li key={`${line.head} ${line.text}`} className={styles.party} data-hue={hue(line.head ?? "")}>
          {line.head !== undefined && (
            <p className={styles.who}>
              <Party name={line.head} />
            </p>
          )}
          <ul className={styles.sentences}>
            {line.text.split(/[;；]\s*/).map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}
