/** Proposing an agreement, step by step: who and why, data, terms, and the whole text before it is signed. */
import { Button, Stepper } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useAct, useGet } from "../../api/hooks";
import { go, useQueryPart } from "../../core/location";
import { to } from "../../core/nav";
import { useMe } from "../../core/session";
import { core } from "../../core/texts";
import { Async, Empty } from "../../ui/Async";
import { Diagnostic } from "../../ui/Diagnostic";
import { Link } from "../../ui/Link";
import { Page } from "../../ui/Page";
import { PartyOrder } from "../../ui/Party";
import { Card } from "../../ui/Section";
import { Faults } from "./Faults";
import styles from "./projects.module.css";
import { ConditionsPart, DataPart, WhoPart } from "./TermsForm";
import { TermsView } from "./TermsView";
import { bodyOf, emptyTerms, faultsOf, type TermDraft, type TermFault } from "./terms";
import { projects } from "./texts";

const STEPS = ["who", "data", "terms", "review"] as const;
/** What each step has to settle before the next one. */
const SETTLES: TermFault[][] = [
  ["name", "purpose", "members"],
  ["datasets"],
  ["until", "until_past", "dates", "price", "shares", "period"],
];

export default function Propose() {
  const t = projects.useT();
  const peers = useGet("/peers");
  return (
    <Page title={t("propose")} crumbs={[[t("title"), "/projects"]]} lead={t("lead")}>
      <Async
        query={peers}
        empty={({ items }) => !items.some((peer) => peer.state === "APPROVED")}
        emptyView={<NoPeers />}
      >
        {() => <Wizard />}
      </Async>
    </Page>
  );
}

function NoPeers() {
  const t = projects.useT();
  const link = (
    <Button component={Link} href="/operations?tab=invitations">
      {t("no_peers.go")}
    </Button>
  );
  return <Empty title={t("no_peers")} text={t("no_peers.text")} action={link} />;
}

function Wizard() {
  const t = projects.useT();
  const me = useMe();
  const [query] = useQueryPart();
  const approved = (useGet("/peers").data?.items ?? []).filter((peer) => peer.state === "APPROVED");
  const [terms, setTerms] = useState<TermDraft>(() =>
    emptyTerms(
      me.node?.name ?? "",
      approved.map((peer) => peer.name),
      query.get("dataset") ?? undefined,
    ),
  );
  const [step, setStep] = useState(0);
  const [tried, setTried] = useState(false);
  const change = (values: Partial<TermDraft>): void => setTerms({ ...terms, ...values });
  const faults = faultsOf(terms);
  const here = faults.filter((fault) => SETTLES[step]?.includes(fault));
  const next = (): void => {
    setTried(here.length > 0);
    if (here.length === 0) setStep(step + 1);
  };
  const parts: ReactNode[] = [
    <WhoPart key="who" terms={terms} onChange={change} />,
    <DataPart key="data" terms={terms} onChange={change} />,
    <ConditionsPart key="terms" terms={terms} onChange={change} />,
    <Review key="review" terms={terms} />,
  ];
  return (
    <PartyOrder names={terms.members}>
      <Card>
        <Stepper active={step} onStepClick={setStep} allowNextStepsSelect={false} size="sm" mb="lg">
          {STEPS.map((name) => (
            <Stepper.Step key={name} label={t(`form.step.${name}`)} />
          ))}
        </Stepper>
        {parts[step]}
        {tried && <Faults of={here} />}
        {step < STEPS.length - 1 ? (
          <Buttons step={step} onBack={() => setStep(step - 1)}>
            <Button onClick={next}>{t("form.next")}</Button>
          </Buttons>
        ) : (
          <Send terms={terms} faults={faults} onBack={() => setStep(step - 1)} />
        )}
      </Card>
    </PartyOrder>
  );
}

function Review({ terms }: { terms: TermDraft }) {
  const t = projects.useT();
  return (
    <>
      <h2>{terms.name}</h2>
      <p className={styles.soft}>{t("form.review_lead")}</p>
      <div className={styles.signed}>
        <TermsView terms={terms} />
      </div>
    </>
  );
}

function Send({ terms, faults, onBack }: { terms: TermDraft; faults: TermFault[]; onBack: () => void }) {
  const t = projects.useT();
  const act = useAct("post", "/agreements", { invalidates: ["/agreements", "/inbox"], success: t("form.sent") });
  const send = (): void =>
    act.mutate({ body: bodyOf(terms) }, { onSuccess: (made) => go(to.agreement(made.id), { replace: true }) });
  return (
    <>
      <Faults of={faults} />
      {act.error && <Diagnostic problem={act.error} compact />}
      <Buttons step={3} onBack={onBack}>
        <Button onClick={send} loading={act.isPending} disabled={faults.length > 0}>
          {t("form.send")}
        </Button>
      </Buttons>
    </>
  );
}

function Buttons({ step, onBack, children }: { step: number; onBack: () => void; children: ReactNode }) {
  const t = core.useT();
  return (
    <div className={styles.buttons}>
      {step > 0 && (
        <Button variant="default" onClick={onBack}>
          {t("back")}
        </Button>
      )}
      {children}
    </div>
  );
}
