/** All jobs of this node and of its partners. */
import { Button, Group, Select, Switch } from "@mantine/core";
import { useState } from "react";
import { usePages } from "../../api/hooks";
import type { Job } from "../../api/types";
import { useFormat } from "../../core/format";
import { go, useQueryPart } from "../../core/location";
import { to } from "../../core/nav";
import { Can } from "../../core/permissions";
import { core } from "../../core/texts";
import { Async, Empty } from "../../ui/Async";
import { StateBadge } from "../../ui/Badge";
import { type Col, DataTable } from "../../ui/DataTable";
import { Time } from "../../ui/Diagnostic";
import { Link } from "../../ui/Link";
import { Page } from "../../ui/Page";
import { Party } from "../../ui/Party";
import { secondsOf } from "./cost";
import { LiveMark } from "./LiveMark";
import { useNow } from "./now";
import { StepsDone } from "./StepsDone";
import { jobs } from "./texts";

const STATES = ["PENDING", "READY", "RUNNING", "FINISHED", "FAILED", "REJECTED", "CANCELLED"] as const;

export default function JobList() {
  const t = jobs.useT();
  const [query, change] = useQueryPart();
  const state = STATES.find((known) => known === query.get("state"));
  const waiting = query.get("waiting") === "1";
  const whose = query.get("whose");
  const agreement = query.get("agreement") ?? undefined;
  const {
    items,
    more,
    query: asked,
  } = usePages("/jobs", {
    query: {
      ...(waiting ? { waiting_for_me: true } : {}),
      ...(state === undefined || waiting ? {} : { state: [state] }),
      ...(agreement === undefined ? {} : { agreement }),
    },
  });
  const shown = items.filter((job) => whose === null || (whose === "mine") === job.mine);
  const filtered = waiting || state !== undefined || whose !== null || agreement !== undefined;
  return (
    <Page
      title={t("title")}
      lead={t("lead")}
      badges={<LiveMark />}
      actions={
        <Can action="flow.write">
          <Button component={Link} href="/flows/new">
            {t("new")}
          </Button>
        </Can>
      }
    >
      <Async query={asked} empty={() => false} height={360}>
        {() => (
          <Table
            rows={shown}
            onMore={more}
            tools={<Filters state={state} waiting={waiting} whose={whose} change={change} />}
            filtered={filtered}
          />
        )}
      </Async>
    </Page>
  );
}

interface FiltersProps {
  state: string | undefined;
  waiting: boolean;
  whose: string | null;
  change: (changes: Record<string, string | undefined>) => void;
}

function Filters({ state, waiting, whose, change }: FiltersProps) {
  const t = jobs.useT();
  const c = core.useT();
  return (
    <Group gap="sm">
      <Select
        size="sm"
        w={180}
        aria-label={t("filter.state")}
        placeholder={t("filter.any_state")}
        clearable
        disabled={waiting}
        value={state ?? null}
        data={STATES.map((value) => ({ value, label: c(`state.${value}`) }))}
        onChange={(value) => change({ state: value ?? undefined })}
      />
      <Select
        size="sm"
        w={180}
        aria-label={t("filter.whose")}
        placeholder={t("filter.anybody")}
        clearable
        value={whose}
        data={[
          { value: "mine", label: t("filter.mine") },
          { value: "theirs", label: t("filter.theirs") },
        ]}
        onChange={(value) => change({ whose: value ?? undefined })}
      />
      <Switch
        label={t("filter.waiting")}
        checked={waiting}
        onChange={(event) => change({ waiting: event.currentTarget.checked ? "1" : undefined, state: undefined })}
      />
    </Group>
  );
}

interface TableProps {
  rows: Job[];
  onMore?: () => void;
  tools: React.ReactNode;
  filtered: boolean;
}

function Table({ rows, onMore, tools, filtered }: TableProps) {
  const t = jobs.useT();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [a, b] = [...chosen];
  const two = chosen.size === 2;
  return (
    <DataTable
      caption={t("title")}
      columns={useColumns()}
      rows={rows}
      rowKey={(job) => job.id}
      rowHref={(job) => to.job(job.id)}
      selection={{ keys: chosen, onChange: setChosen }}
      onMore={onMore}
      filter
      tools={
        <>
          {tools}
          {chosen.size > 0 && (
            <Button variant="default" disabled={!two} onClick={() => go(`/jobs/compare?a=${a}&b=${b}`)}>
              {two ? t("compare.two") : t("compare.choose_two")}
            </Button>
          )}
        </>
      }
      emptyView={filtered ? undefined : <Empty title={t("empty")} text={t("empty.text")} />}
    />
  );
}

function useColumns(): Col<Job>[] {
  const t = jobs.useT();
  return [
    {
      key: "name",
      title: t("name"),
      cell: (job) => job.name,
      sort: (job) => job.name,
      text: (job) => `${job.name} ${job.id}`,
    },
    {
      key: "state",
      title: t("state"),
      cell: (job) => <StateBadge state={job.state} />,
      sort: (job) => job.state,
    },
    { key: "progress", title: t("progress"), cell: (job) => <StepsDone job={job} />, width: 150 },
    {
      key: "initiator",
      title: t("initiator"),
      cell: (job) => <Party name={job.initiator} size="sm" />,
      sort: (job) => job.initiator,
    },
    {
      key: "with",
      title: t("with"),
      cell: (job) => <With job={job} />,
      text: (job) => Object.keys(job.parties).join(" "),
    },
    {
      key: "created",
      title: t("created"),
      cell: (job) => <Time at={job.created_at} />,
      sort: (job) => job.created_at,
      tight: true,
    },
    { key: "took", title: t("took"), cell: (job) => <Took job={job} />, align: "right", tight: true },
  ];
}

function With({ job }: { job: Job }) {
  return (
    <Group gap={4} wrap="nowrap">
      {Object.entries(job.parties)
        .filter(([name]) => name !== job.initiator)
        .map(([name, { kind }]) => (
          <Party key={name} name={name} kind={kind === "dealer" ? "dealer" : "data"} size="sm" brief />
        ))}
    </Group>
  );
}

function Took({ job }: { job: Job }) {
  const format = useFormat();
  const now = useNow(job.state === "RUNNING", 1000);
  return <span>{format.seconds(secondsOf(job, now))}</span>;
}
