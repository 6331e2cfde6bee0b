/** One application: how it stands, and what to do next. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useAct, useGet } from "../../api/hooks";
import type { Application } from "../../api/types";
import { type PageProps, to } from "../../core/nav";
import { useCodeText } from "../../core/problems";
import { useMe } from "../../core/session";
import { Async } from "../../ui/Async";
import { Confirm } from "../../ui/Confirm";
import { Diagnostic, Time } from "../../ui/Diagnostic";
import { KeyValue } from "../../ui/KeyValue";
import { Link } from "../../ui/Link";
import { Page } from "../../ui/Page";
import { Card, Section } from "../../ui/Section";
import { Fingerprint } from "../operations/Fingerprint";
import styles from "./Portal.module.css";
import { Progress, StateOf } from "./Progress";
import { portal } from "./texts";

const STALE = ["/applications", "/applications/{application}"] as const;
const WAITING: readonly Application["state"][] = ["APPLIED", "IN_REVIEW"];
const UNDER_WAY: readonly Application["state"][] = ["DRAFT", "SENT", ...WAITING];

export default function ApplicationPage({ params }: PageProps) {
  const t = portal.useT();
  const path = { application: params.id ?? "" };
  const query = useGet("/applications/{application}", { path }, { refetchInterval: 15_000 });
  const found = query.data;
  return (
    <Page
      title={
        found === undefined
          ? t("application")
          : t(`${found.side}.title`, { name: found.institution ?? found.node ?? found.address })
      }
      crumbs={[
        [t("operations"), "/operations"],
        [t("title"), "/operations/portal"],
      ]}
      badges={found !== undefined && <StateOf application={found} />}
      actions={found !== undefined && (found.side === "sent" ? <Sent of={found} /> : <Received of={found} />)}
    >
      <Async query={query} height={420}>
        {(application) => <Shown application={application} />}
      </Async>
    </Page>
  );
}

function Shown({ application }: { application: Application }) {
  const t = portal.useT();
  const meaning = useCodeText();
  return (
    <>
      <Section title={t("progress")}>
        <Progress application={application} />
      </Section>
      {application.error !== null && (
        <Card tone="warn">
          <strong>{t("not_reached")}</strong> {meaning(application.error)} <code>{application.error}</code>{" "}
          {t("not_reached.text")}
        </Card>
      )}
      {application.reason !== null && (
        <Card tone="bad">
          <strong>{t("reason")}</strong> <Reason of={application.reason} />
        </Card>
      )}
      <Section
        title={t(application.side === "sent" ? "to_whom" : "from_whom")}
        lead={t(`${application.side}.facts_lead`)}
      >
        <KeyValue
          items={[
            [
              t("institution"),
              <span key="institution" data-raw>
                {application.institution ?? "–"}
              </span>,
            ],
            [
              t("node"),
              <span key="node" data-raw>
                {application.node ?? "–"}
              </span>,
            ],
            [t("address"), <code key="address">{application.address}</code>],
            [
              t("fingerprint"),
              <Fingerprint key="fingerprint" of={application.fingerprint} bare={application.side === "received"} />,
            ],
            [t("created"), <Time key="created" at={application.created_at} />],
            [t("expires"), <Time key="expires" at={application.expires_at} />],
          ]}
        />
      </Section>
      <Section title={t("message")}>
        <blockquote className={styles.quote} data-raw>
          {application.message || "–"}
        </blockquote>
      </Section>
    </>
  );
}

const REASONS = ["unverified", "unknown_organisation", "not_needed", "duplicate", "other"] as const;

function Reason({ of }: { of: string }) {
  const t = portal.useT();
  const meaning = useCodeText();
  const known = REASONS.find((reason) => reason === of);
  return <>{known === undefined ? (meaning(of) ?? of) : t(`reason.${known}`)}</>;
}

/** Of an application that this node made. */
function Sent({ of }: { of: Application }) {
  const t = portal.useT();
  const me = useMe();
  const path = { application: of.id };
  const [asking, setAsking] = useState(false);
  const refresh = useAct("post", "/applications/{application}/refresh", { invalidates: [...STALE] });
  const withdraw = useAct("post", "/applications/{application}/withdraw", {
    invalidates: [...STALE],
    success: t("withdrawn"),
  });
  if (!UNDER_WAY.includes(of.state) || !me.can("portal.apply")) return null;
  return (
    <>
      <Button variant="default" loading={refresh.isPending} onClick={() => refresh.mutate({ path })}>
        {t("refresh")}
      </Button>
      <Button variant="default" onClick={() => setAsking(true)}>
        {t("withdraw")}
      </Button>
      {refresh.error !== null && <Diagnostic problem={refresh.error} compact />}
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={t("withdraw")}
        text={t("withdraw.text")}
        label={t("withdraw")}
        danger
        onConfirm={() => withdraw.mutateAsync({ path })}
      />
    </>
  );
}

/** Of a stranger's application: deciding is done in the inbox, with the fingerprint. */
function Received({ of }: { of: Application }) {
  const t = portal.useT();
  const me = useMe();
  const review = useAct("post", "/applications/{application}/review", {
    invalidates: [...STALE],
    success: t("reviewed"),
  });
  if (!WAITING.includes(of.state) || !me.can("portal.decide")) return null;
  return (
    <>
      {of.state === "APPLIED" && (
        <Button
          variant="default"
          loading={review.isPending}
          onClick={() => review.mutate({ path: { application: of.id } })}
        >
          {t("review")}
        </Button>
      )}
      {of.item !== null && (
        <Button component={Link} href={to.item(of.item)}>
          {t("decide")}
        </Button>
      )}
    </>
  );
}
