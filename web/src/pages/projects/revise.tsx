/** Other terms for an agreement: a counter-offer while it is negotiated, an amendment once it is in force. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useAct, useGet } from "../../api/hooks";
import type { Agreement } from "../../api/types";
import { go, useQueryPart } from "../../core/location";
import { type PageProps, to } from "../../core/nav";
import { Async, Empty } from "../../ui/Async";
import { Diagnostic } from "../../ui/Diagnostic";
import { Link } from "../../ui/Link";
import { Page } from "../../ui/Page";
import { PartyOrder } from "../../ui/Party";
import { Section } from "../../ui/Section";
import { Changes } from "./Changes";
import { Faults } from "./Faults";
import styles from "./projects.module.css";
import { mayAmend, mayCounter } from "./state";
import { ConditionsPart, DataPart, WhoPart } from "./TermsForm";
import { changedOf, faultsOf, type TermDraft, termsOf } from "./terms";
import { projects } from "./texts";
import { differencesOf } from "./words";

export type Way = "counter" | "amend";

export default function Revise({ params }: PageProps) {
  const t = projects.useT();
  const [query] = useQueryPart();
  const way: Way = query.get("as") === "amend" ? "amend" : "counter";
  const id = params.id ?? "";
  const found = useGet("/agreements/{agreement}", { path: { agreement: id } }, { staleTime: Number.POSITIVE_INFINITY });
  const name = found.data?.name ?? "…";
  return (
    <Page
      title={t(`${way}.title`)}
      crumbs={[
        [t("title"), "/projects"],
        [name, to.agreement(id)],
      ]}
      lead={t(`${way}.lead`)}
    >
      <Async query={found}>
        {(agreement) =>
          (way === "amend" ? mayAmend(agreement) : mayCounter(agreement)) ? (
            <Editor agreement={agreement} way={way} />
          ) : (
            <Impossible agreement={agreement} />
          )
        }
      </Async>
    </Page>
  );
}

function Impossible({ agreement }: { agreement: Agreement }) {
  const t = projects.useT();
  const link = (
    <Button component={Link} href={to.agreement(agreement.id, "negotiation")} variant="default">
      {t("tab.negotiation")}
    </Button>
  );
  return <Empty title={t("revise.impossible")} text={t("revise.impossible.text")} action={link} />;
}

function Editor({ agreement, way }: { agreement: Agreement; way: Way }) {
  const t = projects.useT();
  const [before] = useState(() => termsOf(agreement));
  const [terms, setTerms] = useState<TermDraft>(before);
  const change = (values: Partial<TermDraft>): void => setTerms({ ...terms, ...values });
  const part = {
    terms,
    onChange: change,
    fixed: way === "counter",
    kept: way === "amend" ? agreement.members : undefined,
  };
  const differences = differencesOf(before, terms);
  return (
    <PartyOrder names={terms.members}>
      <Section title={t("form.step.who")}>
        <WhoPart {...part} />
      </Section>
      <Section title={t("form.step.data")}>
        <DataPart {...part} />
      </Section>
      <Section title={t("form.step.terms")}>
        <ConditionsPart {...part} />
      </Section>
      <Section title={t("revise.changes")} lead={t("form.review_lead")}>
        <Changes of={differences} label={t("revise.changes")} />
        <Send agreement={agreement} way={way} before={before} terms={terms} same={differences.length === 0} />
      </Section>
    </PartyOrder>
  );
}

interface SendProps {
  agreement: Agreement;
  way: Way;
  before: TermDraft;
  terms: TermDraft;
  same: boolean;
}

function Send({ agreement, way, before, terms, same }: SendProps) {
  const t = projects.useT();
  const options = { invalidates: ["/agreements", "/inbox"] as const, success: t("form.sent") };
  const counter = useAct("post", "/agreements/{agreement}/counter", {
    ...options,
    invalidates: [...options.invalidates],
  });
  const amend = useAct("post", "/agreements/{agreement}/amend", { ...options, invalidates: [...options.invalidates] });
  const faults = faultsOf(terms);
  const act = way === "counter" ? counter : amend;
  const path = { agreement: agreement.id };
  const leave = { onSuccess: (made: Agreement) => go(to.agreement(made.id), { replace: true }) };
  const send = (): void => {
    const changed = changedOf(before, terms);
    if (way === "counter") counter.mutate({ path, body: { ...changed, hash: agreement.hash } }, leave);
    else {
      const members = terms.members.filter((name) => !agreement.members.includes(name));
      amend.mutate({ path, body: { ...changed, ...(members.length > 0 ? { members } : {}) } }, leave);
    }
  };
  return (
    <>
      <Faults of={faults} />
      {act.error && <Diagnostic problem={act.error} compact />}
      <div className={styles.buttons}>
        <Button component={Link} href={to.agreement(agreement.id)} variant="default">
          {t("tab.agreement")}
        </Button>
        <Button onClick={send} loading={act.isPending} disabled={faults.length > 0 || same}>
          {t("form.send")}
        </Button>
      </div>
    </>
  );
}
