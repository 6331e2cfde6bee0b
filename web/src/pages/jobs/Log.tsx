/** What all parties wrote of the job, as far as it is safe to show, in one order. */
import { Button, Group, Select } from "@mantine/core";
import { useState } from "react";
import type { JobDetail, JobEvent } from "../../api/types";
import { fileName, save } from "../../charts/csv";
import { useEventText } from "../../core/event_text";
import { core } from "../../core/texts";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { type Col, DataTable } from "../../ui/DataTable";
import { Time } from "../../ui/Diagnostic";
import { Party } from "../../ui/Party";
import { jobs } from "./texts";
import { useLog } from "./useLog";

const TONES = { error: "bad", warning: "warn", info: "info" } as const;
const SHOWN = 300;

export default function Log({ job }: { job: JobDetail }) {
  const query = useLog(job.id);
  return (
    <Async query={query} height={360}>
      {(events) => <Lines job={job} events={events} />}
    </Async>
  );
}

function Lines({ job, events }: { job: JobDetail; events: JobEvent[] }) {
  const t = jobs.useT();
  const said = useEventText();
  const c = core.useT();
  const [party, setParty] = useState<string | null>(null);
  const [step, setStep] = useState<string | null>(null);
  const [level, setLevel] = useState<string | null>(null);
  const [most, setMost] = useState(SHOWN);
  const found = events
    .filter((event) => (party === null || event.party === party) && (step === null || event.step === step))
    .filter((event) => level === null || event.level !== "info")
    .sort((one, other) => other.number - one.number);
  const columns: Col<JobEvent>[] = [
    {
      key: "time",
      title: t("log.time"),
      cell: (event) => <Time at={event.time} how="clock" />,
      tight: true,
      sort: (event) => event.time,
    },
    {
      key: "party",
      title: t("party"),
      cell: (event) => <Party name={event.party} size="sm" />,
      text: (event) => event.party,
    },
    {
      key: "step",
      title: t("step"),
      cell: (event) => (event.step === null ? "–" : <code>{event.step}</code>),
      text: (event) => event.step ?? "",
    },
    {
      key: "text",
      title: t("log.text"),
      cell: (event) =>
        event.level === "info" ? (
          said(event)
        ) : (
          <Badge tone={TONES[event.level as "error"] ?? "idle"}>{said(event)}</Badge>
        ),
      text: (event) => `${said(event)} ${event.code}`,
    },
    { key: "code", title: t("log.code"), cell: (event) => <code>{event.code}</code> },
  ];
  return (
    <DataTable
      caption={t("tab.log")}
      columns={columns}
      rows={found.slice(0, most)}
      rowKey={(event) => String(event.number)}
      onMore={found.length > most ? () => setMost(most + SHOWN) : undefined}
      filter
      tools={
        <Group gap="sm">
          <Pick label={t("party")} value={party} options={Object.keys(job.parties)} onChange={setParty} />
          <Pick label={t("step")} value={step} options={job.steps.map((one) => one.id)} onChange={setStep} />
          <Select
            size="sm"
            w={160}
            clearable
            aria-label={t("log.level")}
            placeholder={t("log.all_levels")}
            value={level}
            data={[{ value: "warning", label: t("log.warnings") }]}
            onChange={setLevel}
          />
          <Button
            variant="default"
            onClick={() =>
              save(`${fileName(job.name, "log")}.json`, JSON.stringify(events, null, 1), "application/json")
            }
          >
            {t("log.save")}
          </Button>
          <span className="visually-hidden" aria-live="polite">
            {c("rows", { count: found.length })}
          </span>
        </Group>
      }
    />
  );
}

function Pick({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: string | null;
  options: string[];
  onChange: (value: string | null) => void;
}) {
  return (
    <Select
      size="sm"
      w={160}
      clearable
      searchable
      aria-label={label}
      placeholder={label}
      value={value}
      data={options}
      onChange={onChange}
    />
  );
}
