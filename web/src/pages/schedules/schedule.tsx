/** One schedule: when it runs, what it runs, and how to stop it. */
import { Button } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useAct, useGet } from "../../api/hooks";
import type { FullSchedule } from "../../api/types";
import { go } from "../../core/location";
import { type PageProps, to } from "../../core/nav";
import { Can } from "../../core/permissions";
import type { FlowDoc } from "../../flow/document";
import { Async, Loading } from "../../ui/Async";
import { Confirm } from "../../ui/Confirm";
import { Copy } from "../../ui/Copy";
import { Diagnostic, Time } from "../../ui/Diagnostic";
import { KeyValue } from "../../ui/KeyValue";
import { Link } from "../../ui/Link";
import { Page } from "../../ui/Page";
import { Section } from "../../ui/Section";
import { Last } from "./Last";
import { State } from "./State";
import { schedules } from "./texts";
import { When } from "./When";

const FlowCanvas = lazy(() => import("../../flow/canvas/FlowCanvas"));

export default function SchedulePage({ params }: PageProps) {
  const t = schedules.useT();
  const name = params.name ?? "";
  const query = useGet("/schedules/{name}", { path: { name } });
  if (query.data !== undefined) return <Shown schedule={query.data} />;
  return (
    <Page title={name} crumbs={[[t("title"), "/schedules"]]}>
      <Async query={query}>{() => null}</Async>
    </Page>
  );
}

function Shown({ schedule }: { schedule: FullSchedule }) {
  const t = schedules.useT();
  return (
    <Page
      title={schedule.name}
      crumbs={[[t("title"), "/schedules"]]}
      badges={<State state={schedule.state} />}
      actions={<Acts schedule={schedule} />}
    >
      <Section title={t("facts")}>
        <KeyValue
          items={[
            [t("when"), <When key="when" cron={schedule.cron} timezone={schedule.timezone} />],
            [t("next"), <Time key="next" at={schedule.next_at} />],
            [t("last"), <Last key="last" last={schedule.last} />],
            [t("flow"), schedule.flow_name],
            schedule.agreement_id !== null && [
              t("agreement"),
              <Link key="agreement" href={to.agreement(schedule.agreement_id)}>
                {schedule.agreement_id}
              </Link>,
            ],
            [
              t("hash"),
              <span key="hash">
                <code>{schedule.flow_hash.slice(0, 20)}…</code> <Copy value={schedule.flow_hash} what={t("hash")} />
              </span>,
            ],
          ]}
        />
      </Section>
      {schedule.last?.message != null && schedule.last.code !== null && (
        <Diagnostic problem={{ ...schedule.last, code: schedule.last.code, message: schedule.last.message }} />
      )}
      <Section title={t("flow")}>
        <Suspense fallback={<Loading height={420} />}>
          <FlowCanvas doc={schedule.flow as unknown as FlowDoc} height={420} />
        </Suspense>
      </Section>
    </Page>
  );
}

function Acts({ schedule }: { schedule: FullSchedule }) {
  const t = schedules.useT();
  const [removing, setRemoving] = useState(false);
  const { name } = schedule;
  const invalidates = ["/schedules", "/schedules/{name}"] as const;
  const pause = useAct("post", "/schedules/{name}/pause", {
    invalidates: [...invalidates],
    success: t("is_paused", { name }),
  });
  const resume = useAct("post", "/schedules/{name}/resume", {
    invalidates: [...invalidates],
    success: t("is_resumed", { name }),
  });
  const remove = useAct("delete", "/schedules/{name}", {
    invalidates: ["/schedules"],
    success: t("is_removed", { name }),
  });
  const paused = schedule.state === "paused";
  const act = paused ? resume : pause;
  return (
    <>
      <Can action="schedule.change">
        <Button variant="default" loading={act.isPending} onClick={() => act.mutate({ path: { name } })}>
          {paused ? t("resume") : t("pause")}
        </Button>
      </Can>
      <Can action="schedule.remove">
        <Button variant="default" onClick={() => setRemoving(true)}>
          {t("remove")}
        </Button>
      </Can>
      {act.error && <Diagnostic problem={act.error} compact />}
      <Confirm
        opened={removing}
        onClose={() => setRemoving(false)}
        title={t("remove.title")}
        text={t("remove.text", { name })}
        label={t("remove")}
        danger
        onConfirm={async () => {
          await remove.mutateAsync({ path: { name } });
          go("/schedules");
        }}
      />
    </>
  );
}
