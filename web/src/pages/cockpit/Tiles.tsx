/** The figures that count, large. */
import { useGet } from "../../api/hooks";
import { useFormat } from "../../core/format";
import { useMe } from "../../core/session";
import { Link } from "../../ui/Link";
import styles from "./cockpit.module.css";
import { useJobs, useMachine, usePeers, usePings } from "./data";
import { DAY_MS, daysOf, medianOf, ranFor, successOf } from "./figures";
import { cockpit } from "./texts";

export function Tiles() {
  return (
    <ul className={styles.tiles}>
      <Organisations />
      <Datasets />
      <Projects />
      <Operators />
      <JobTiles />
      <Workers />
      <Machine />
    </ul>
  );
}

interface TileProps {
  label: string;
  value: string;
  note?: string;
  href?: string;
  tone?: "bad" | "warn";
}

function Tile({ label, value, note, href, tone }: TileProps) {
  return (
    <li className={styles.tile} data-tone={tone}>
      <span className={styles.label}>{href ? <Link href={href}>{label}</Link> : label}</span>
      <span className={styles.value}>{value}</span>
      <span className={styles.note}>{note ?? ""}</span>
    </li>
  );
}

function Organisations() {
  const t = cockpit.useT();
  const format = useFormat();
  const peers = usePeers();
  const pings = usePings(peers);
  const away = [...pings.values()].filter(({ reachable }) => !reachable).length;
  return (
    <Tile
      label={t("tile.organisations")}
      value={format.number(peers.length + 1)}
      note={pings.size === 0 ? undefined : away > 0 ? t("tile.away", { count: away }) : t("tile.all_answer")}
      tone={away > 0 ? "bad" : undefined}
      href="/operations"
    />
  );
}

function Datasets() {
  const t = cockpit.useT();
  const format = useFormat();
  const me = useMe();
  const items = useGet("/datasets", { query: { limit: 1000 } }, { enabled: me.can("dataset.read") }).data?.items;
  const rows = items?.reduce((sum, dataset) => sum + (dataset.rows ?? 0), 0);
  return (
    <Tile
      label={t("tile.datasets")}
      value={format.number(items?.length)}
      note={rows === undefined ? undefined : t("tile.rows", { count: rows })}
      href="/data"
    />
  );
}

function Projects() {
  const t = cockpit.useT();
  const format = useFormat();
  const me = useMe();
  const asked = useGet("/agreements", { query: { limit: 1000 } }, { enabled: me.can("agreement.read") });
  const items = asked.data?.items;
  const open = items?.filter(({ state }) => state === "PROPOSED").length ?? 0;
  return (
    <Tile
      label={t("tile.projects")}
      value={format.number(items?.filter(({ state }) => state === "ACTIVE").length)}
      note={open > 0 ? t("tile.negotiated", { count: open }) : undefined}
      href="/projects"
    />
  );
}

function Operators() {
  const t = cockpit.useT();
  const format = useFormat();
  const items = useGet("/operators", undefined, { staleTime: 600_000 }).data?.items;
  return <Tile label={t("tile.operators")} value={format.number(items?.length)} />;
}

function JobTiles() {
  const t = cockpit.useT();
  const format = useFormat();
  const jobs = useJobs().data?.items;
  const days = jobs && daysOf(jobs, 30);
  const today = Date.now() - DAY_MS;
  const recent = jobs?.filter(({ state, ended_at: end }) => state === "FINISHED" && end && Date.parse(end) > today);
  const usual = medianOf(recent?.flatMap((job) => ranFor(job) ?? []) ?? []);
  const success = days && successOf(days);
  return (
    <>
      <Tile
        label={t("tile.running")}
        value={format.number(jobs?.filter(({ state }) => state === "RUNNING" || state === "READY").length)}
        note={jobs && t("tile.waiting", { count: jobs.filter(({ state }) => state === "PENDING").length })}
        href="/jobs"
      />
      <Tile
        label={t("tile.success")}
        value={format.percent(success, 0)}
        note={t("tile.success_note")}
        tone={success !== undefined && success < 0.8 ? "warn" : undefined}
      />
      <Tile
        label={t("tile.throughput")}
        value={format.number(recent?.length)}
        note={usual === undefined ? undefined : t("tile.usual", { time: format.seconds(usual) })}
      />
    </>
  );
}

function Workers() {
  const t = cockpit.useT();
  const format = useFormat();
  const node = useGet("/node").data;
  const machine = useMachine();
  const busy = format.number(machine?.workers ?? node?.counts.workers);
  return (
    <Tile
      label={t("tile.workers")}
      value={machine === undefined ? busy : t("tile.workers_of", { busy, slots: format.number(machine.slots) })}
      note={node && t("tile.since", { time: format.ago(node.started_at) })}
    />
  );
}

const LOW = 0.1;

/** For those who may examine the node. */
function Machine() {
  const t = cockpit.useT();
  const format = useFormat();
  const machine = useMachine();
  if (machine === undefined) return null;
  const { cpus, load, memory_free_bytes: memory, disk_free_bytes: disk, disk_bytes } = machine;
  return (
    <Tile
      label={t("tile.load")}
      value={format.percent(load === null ? undefined : load / cpus, 0)}
      note={t("tile.machine_note", {
        memory: format.bytes(memory),
        disk: format.bytes(disk),
      })}
      tone={disk < LOW * disk_bytes ? "bad" : undefined}
      href="/operations"
    />
  );
}
