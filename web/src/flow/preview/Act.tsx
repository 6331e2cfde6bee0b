/** The act itself: now, at set times, or asking for approval of many runs. */
import { Button, Group, NumberInput, SegmentedControl, Select, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import { act } from "../../api/hooks";
import { queries } from "../../api/queries";
import { go } from "../../core/location";
import { to } from "../../core/nav";
import { notify } from "../../core/notify";
import { useMe } from "../../core/session";
import { core } from "../../core/texts";
import { Diagnostic } from "../../ui/Diagnostic";
import { type FlowDoc, isName } from "../document";
import { sides } from "../sides/texts";
import { type Asked, asked } from "./asked";
import { cronOf, PLANS, type Plan } from "./cron";
import styles from "./Preview.module.css";

/** Help stands below, so that the fields of a row are in one line. */
const ORDER: ("label" | "input" | "description" | "error")[] = ["label", "input", "description", "error"];

interface ActProps {
  doc: FlowDoc;
  agreement: string | undefined;
  hash: string;
  first: Asked["when"];
}
type When = Asked["when"];

const RIGHTS: Record<When, string> = { now: "job.submit", schedule: "schedule.add", standing: "standing.propose" };

export function Act({ doc, agreement, hash, first }: ActProps) {
  const t = sides.useT();
  const me = useMe();
  const allowed = (Object.keys(RIGHTS) as When[]).filter((when) => me.can(RIGHTS[when]));
  const [when, setWhen] = useState<When>(first);
  if (!allowed.includes(when)) {
    const [other] = allowed;
    return other === undefined ? (
      <p className={styles.quiet}>{t("act.not_allowed")}</p>
    ) : (
      <Other to={() => setWhen(other)} />
    );
  }
  const shared = { doc, agreement, hash };
  return (
    <section className={styles.act} aria-label={t("act")}>
      {allowed.length > 1 && (
        <SegmentedControl
          aria-label={t("act")}
          data={allowed.map((value) => ({ value, label: t(`act.${value}`) }))}
          value={when}
          onChange={(next) => setWhen(next as When)}
        />
      )}
      {when === "now" && <Submit {...shared} />}
      {when === "schedule" && <Scheduling {...shared} />}
      {when === "standing" && <Standing {...shared} />}
    </section>
  );
}

function Other({ to: change }: { to: () => void }) {
  const t = sides.useT();
  return (
    <Button variant="default" onClick={change}>
      {t("act.other")}
    </Button>
  );
}

interface Doing {
  busy: boolean;
  fault: unknown;
  run: (what: () => Promise<void>) => () => Promise<void>;
}

function useDoing(): Doing {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>();
  const run = (what: () => Promise<void>) => async (): Promise<void> => {
    setBusy(true);
    setFault(undefined);
    try {
      await what();
    } catch (thrown) {
      setFault(thrown);
    } finally {
      setBusy(false);
    }
  };
  return { busy, fault, run };
}

/** One key for one intention: the same flow, asked for again after a lost answer, is not run twice. */
function useIntention(...parts: (string | undefined)[]): string {
  const text = parts.join("|");
  // biome-ignore lint/correctness/useExhaustiveDependencies: another intention has another key
  return useMemo(() => crypto.randomUUID(), [text]);
}

interface FormProps {
  doc: FlowDoc;
  agreement: string | undefined;
  hash: string;
}
const flowOf = (doc: FlowDoc): Record<string, unknown> => doc as unknown as Record<string, unknown>;

function Submit({ doc, agreement, hash }: FormProps) {
  const t = sides.useT();
  const [name, setName] = useState(doc.name);
  const { busy, fault, run } = useDoing();
  const key = useIntention(hash, agreement, name);
  const submit = run(async () => {
    const job = await act("post", "/jobs", { body: { flow: flowOf(doc), agreement, name } }, key);
    asked.set(undefined);
    await queries.invalidateQueries({ queryKey: ["/jobs"] });
    go(to.job(job.id));
  });
  return (
    <>
      <TextInput
        label={t("act.name")}
        description={t("act.name.help")}
        value={name}
        error={isName(name) ? undefined : t("name.bad")}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {fault !== undefined && <Diagnostic problem={fault} compact />}
      <Foot>
        <Button loading={busy} disabled={!isName(name)} onClick={submit}>
          {t("act.submit")}
        </Button>
      </Foot>
    </>
  );
}

function Foot({ children }: { children: React.ReactNode }) {
  const common = core.useT();
  return (
    <Group justify="flex-end">
      <Button variant="default" onClick={() => asked.set(undefined)}>
        {common("cancel")}
      </Button>
      {children}
    </Group>
  );
}

function Scheduling({ doc, agreement, hash }: FormProps) {
  const t = sides.useT();
  const [plan, setPlan] = useState<Plan>("daily");
  const [time, setTime] = useState("02:00");
  const [typed, setTyped] = useState("0 2 * * *");
  const [zone, setZone] = useState(Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC");
  const [name, setName] = useState(doc.name);
  const { busy, fault, run } = useDoing();
  const cron = plan === "cron" ? typed : cronOf(plan, time);
  const key = useIntention(hash, agreement, name, cron, zone);
  const add = run(async () => {
    await act("post", "/schedules", { body: { flow: flowOf(doc), agreement, name, cron, timezone: zone } }, key);
    asked.set(undefined);
    notify({ tone: "ok", text: t("act.scheduled", { name }) });
    await queries.invalidateQueries({ queryKey: ["/schedules"] });
  });
  return (
    <>
      <div className={styles.fields}>
        <TextInput
          label={t("act.schedule_name")}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={isName(name) ? undefined : t("name.bad")}
        />
        <Select
          label={t("act.repeats")}
          data={PLANS.map((value) => ({ value, label: t(`plan.${value}`) }))}
          value={plan}
          allowDeselect={false}
          onChange={(next) => setPlan((next ?? "daily") as Plan)}
          comboboxProps={{ withinPortal: true }}
        />
        {plan === "cron" ? (
          <TextInput
            label={t("act.cron")}
            inputWrapperOrder={ORDER}
            description={t("act.cron.help")}
            value={typed}
            spellCheck={false}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        ) : (
          plan !== "hourly" && (
            <TextInput
              type="time"
              label={t("act.time")}
              value={time}
              onChange={(event) => setTime(event.currentTarget.value || "02:00")}
            />
          )
        )}
        <Select
          label={t("act.zone")}
          data={zones(zone)}
          value={zone}
          searchable
          limit={60}
          allowDeselect={false}
          onChange={(next) => setZone(next ?? "UTC")}
          comboboxProps={{ withinPortal: true }}
        />
      </div>
      {fault !== undefined && <Diagnostic problem={fault} compact />}
      <Foot>
        <Button loading={busy} disabled={!isName(name)} onClick={add}>
          {t("act.add_schedule")}
        </Button>
      </Foot>
    </>
  );
}

function zones(own: string): string[] {
  return [...new Set([own, "UTC", ...Intl.supportedValuesOf("timeZone")])];
}

function Standing({ doc, agreement, hash }: FormProps) {
  const t = sides.useT();
  const [runs, setRuns] = useState<number | "">(10);
  const [until, setUntil] = useState("");
  const { busy, fault, run } = useDoing();
  const key = useIntention(hash, agreement, String(runs), until);
  const propose = run(async () => {
    const limits = {
      ...(runs === "" ? {} : { max_runs: runs }),
      ...(until === "" ? {} : { until: new Date(`${until}T23:59:59`).toISOString() }),
    };
    await act("post", "/standing", { body: { flow: flowOf(doc), agreement, ...limits } }, key);
    asked.set(undefined);
    notify({ tone: "ok", text: t("act.proposed") });
    await queries.invalidateQueries({ queryKey: ["/standing"] });
  });
  return (
    <>
      <p className={styles.quiet}>{t("act.standing.help")}</p>
      <div className={styles.fields}>
        <NumberInput
          label={t("act.runs")}
          inputWrapperOrder={ORDER}
          description={t("act.runs.help")}
          min={1}
          max={1_000_000}
          allowDecimal={false}
          value={runs}
          onChange={(next) => setRuns(typeof next === "number" ? next : "")}
        />
        <TextInput
          type="date"
          label={t("act.until")}
          inputWrapperOrder={ORDER}
          description={t("act.until.help")}
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
        />
      </div>
      {fault !== undefined && <Diagnostic problem={fault} compact />}
      <Foot>
        <Button loading={busy} onClick={propose}>
          {t("act.propose")}
        </Button>
      </Foot>
    </>
  );
}
