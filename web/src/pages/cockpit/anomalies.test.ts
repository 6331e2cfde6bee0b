import { expect, test } from "vitest";
import type { Agreement, Check, Grant, Job, JobDetail, Peer, Ping } from "../../api/types";
import { type Anomaly, anomaliesOf, isBad, type Key, type Known } from "./anomalies";

const NOW = Date.parse("2027-03-10T12:00:00Z");
const at = (hours: number): string => new Date(NOW - hours * 3_600_000).toISOString();
const job = (id: string, values: Partial<Job>): Job =>
  ({
    id,
    name: "f",
    state: "FINISHED",
    cause: null,
    created_at: at(1),
    started_at: null,
    ended_at: null,
    parties: {},
    ...values,
  }) as Job;
const nothing: Known = { jobs: [], peers: [], pings: new Map(), checks: [], reminders: [], keys: [] };
const found = (known: Partial<Known>): Anomaly[] => anomaliesOf({ ...nothing, ...known }, NOW);
const kinds = (known: Partial<Known>): string[] => found(known).map(({ kind }) => kind);
const part = (decision: string, code: string | null = null) => ({ kind: "data", decision, code });

test("all is quiet only where nothing is wrong", () => {
  const good = [job("a", { ended_at: at(1) }), job("b", { state: "CANCELLED", ended_at: at(1) })];
  const machine = { memory_bytes: 10, memory_free_bytes: 5, disk_bytes: 10, disk_free_bytes: 5 };
  const keys: Key[] = [{ kind: "identity", name: "me", since: at(9000), until: at(-9000) }];
  expect(found({ jobs: good, machine, keys, backup: { at: at(20) } })).toEqual([]);
});

test("one failure of the last day is told, with its cause; those of one flow are one line", () => {
  const cause = { party: "lab", step: "train", code: "data.no_rows" };
  const jobs = [2, 3, 30].map((hours) =>
    job(`j${hours}`, { state: "FAILED", created_at: at(hours), ended_at: at(hours), cause }),
  );
  expect(found({ jobs })).toEqual([
    { kind: "failed", name: "f", count: 2, job: "j2", at: at(2), party: "lab", code: "data.no_rows" },
  ]);
  expect(found({ jobs: jobs.slice(2) })).toEqual([]);
});

test("what a rule refused is told, what a person refused is not", () => {
  const refused = (id: string, code: string) =>
    job(id, { name: id, state: "REJECTED", parties: { lab: part("REJECTED", code) } as Job["parties"] });
  expect(found({ jobs: [refused("by rule", "policy.denied"), refused("by hand", "job.rejected")] })).toMatchObject([
    { kind: "refused", name: "by rule", party: "lab", code: "policy.denied" },
  ]);
});

test("the day's success rate against the usual one", () => {
  const run = (id: number, state: string, hours: number) =>
    job(`${state}${id}`, { name: `${state}${id}`, state, ended_at: at(hours) } as Partial<Job>);
  const before = [1, 2, 3, 4].map((id) => run(id, "FINISHED", 50));
  const today = [...[5, 6, 7, 8].map((id) => run(id, "FINISHED", 2)), run(9, "FAILED", 2)];
  const rate = (jobs: Job[]) => found({ jobs }).find(({ kind }) => kind === "rate");
  expect(rate([...before, ...today])).toEqual({ kind: "rate", share: 0.8, usual: 1, failed: 1, ran: 5 });
  expect(rate(today)).toMatchObject({ share: 0.8, usual: undefined });
  expect(rate([...before.map((each) => ({ ...each, state: "FAILED" as const })), ...today])).toBeUndefined();
  expect(rate(today.slice(3))).toBeUndefined();
});

test("a run is slow against its own past", () => {
  const past = [1, 2, 3].map((hours) =>
    job(`j${hours}`, { started_at: at(hours + 0.01), ended_at: at(hours), created_at: at(hours + 1) }),
  );
  const runs = job("now", { state: "RUNNING", started_at: at(0.5), created_at: at(0.5) });
  expect(found({ jobs: [...past, runs] })).toMatchObject([{ kind: "slow", job: "now", seconds: 1800 }]);
});

test("a job that waits for long names whom it waits for", () => {
  const parties = { lab: part("waiting"), me: part("APPROVED") } as Job["parties"];
  const waits = (hours: number) => job(`j${hours}`, { state: "PENDING", created_at: at(hours), parties });
  expect(found({ jobs: [waits(0.5), waits(3)] })).toEqual([
    { kind: "stuck", name: "f", job: "j3", seconds: 10_800, parties: ["lab"] },
  ]);
});

test("peers that are away, and what the doctor found, the worst first and nothing twice", () => {
  const peer = { name: "lab", state: "APPROVED", last_seen_at: at(5) } as Peer;
  const ping = { name: "lab", reachable: false, clock_skew_s: null, error: null } as Ping;
  const check = (id: string, status: string, subject: string | null = null): Check =>
    ({ id, status, subject }) as Check;
  const checks = [check("memory", "warning"), check("database", "error"), check("peer.out", "error", "lab")];
  const known = { peers: [peer], pings: new Map([["lab", ping]]), checks: [...checks, check("cpu", "ok")] };
  expect(kinds(known)).toEqual(["peer_away", "check", "check"]);
  expect(found(known).map(isBad)).toEqual([true, true, false]);
});

test("a disk and a memory that are nearly full", () => {
  const machine = { memory_bytes: 100, memory_free_bytes: 4, disk_bytes: 100, disk_free_bytes: 9 };
  const checks = [{ id: "disk", status: "warning", subject: null } as Check];
  expect(kinds({ machine, checks })).toEqual(["disk", "memory"]);
  expect(kinds({ machine: { ...machine, memory_free_bytes: null, disk_free_bytes: 50 } })).toEqual([]);
});

test("certificates near their end", () => {
  const key = (name: string, days: number): Key => ({ kind: "peer", name, since: null, until: at(-24 * days) });
  const told = found({ keys: [key("far", 90), key("near", 20), key("soon", 3), { ...key("none", 0), until: null }] });
  expect(told.map((each) => each.kind === "key" && [each.name, isBad(each)])).toEqual([
    ["soon", true],
    ["near", false],
  ]);
});

test("a backup that is too old, or was never made on a node that is old enough", () => {
  const born = (hours: number): Key[] => [{ kind: "identity", name: "me", since: at(hours), until: null }];
  expect(found({ backup: { at: at(24 * 8) }, keys: born(9000) })).toEqual([
    { kind: "backup", at: at(24 * 8), days: 8 },
  ]);
  expect(found({ backup: null, keys: born(24 * 10) })).toEqual([{ kind: "backup", at: null, days: 10 }]);
  expect(kinds({ backup: null, keys: born(2) })).toEqual([]);
  expect(kinds({ keys: born(9000) })).toEqual([]);
});

test("a partner that takes far longer to answer than it usually does", () => {
  const peer = (recent_ms: number, usual_ms: number | null): Partial<Known> => ({
    peers: [{ name: "lab", state: "APPROVED", last_seen_at: null, answering: { recent_ms, usual_ms } } as Peer],
  });
  expect(found(peer(900, 40))).toEqual([{ kind: "peer_slow", peer: "lab", ms: 900, usual: 40 }]);
  expect(kinds(peer(150, 20))).toEqual([]); // seven times as long, and still nothing that anybody feels
  expect(kinds(peer(900, 400))).toEqual([]);
  expect(kinds(peer(900, null))).toEqual([]);
  expect(kinds({ ...peer(900, 40), pings: new Map([["lab", { reachable: false } as Ping]]) })).toEqual(["peer_away"]);
});

test("agreements and grants that end within two weeks, the last three days as faults", () => {
  const agreement = (name: string, days: number, values: Partial<Agreement> = {}): Agreement =>
    ({ id: name, name, state: "ACTIVE", amends: null, valid_until: at(-24 * days), ...values }) as Agreement;
  const grant = (selector: string, days: number | null, values: Partial<Grant> = {}): Grant => {
    const until = days === null ? null : at(-24 * days);
    return { selector, until, side: "given", peer: "lab", state: "APPROVED", expired: false, ...values } as Grant;
  };
  const agreements = [
    agreement("far", 20),
    agreement("near", 9),
    agreement("over", -1, { state: "EXPIRED" }),
    agreement("offer", 2, { state: "PROPOSED" }),
    agreement("former", 5),
    agreement("later", 90, { amends: "former" }),
  ];
  const grants = [
    grant("endless", null),
    grant("soon", 2, { side: "asked" }),
    grant("near", 12),
    grant("gone", 2, { state: "TERMINATED" }),
    grant("used", 2, { expired: true }),
  ];
  const told = found({ agreements, grants });
  expect(told).toEqual([
    { kind: "grant_ends", side: "asked", peer: "lab", name: "soon", until: at(-48), days: 2 },
    { kind: "agreement_ends", agreement: "near", name: "near", until: at(-24 * 9), days: 9 },
    { kind: "grant_ends", side: "given", peer: "lab", name: "near", until: at(-24 * 12), days: 12 },
  ]);
  expect(told.map(isBad)).toEqual([true, false, false]);
});

test("a job that is slow because of one step is told once", () => {
  const past = [1, 2, 3].map((hours) =>
    job(`j${hours}`, { started_at: at(hours + 0.01), ended_at: at(hours), created_at: at(hours + 1) }),
  );
  const runs = job("now", { state: "RUNNING", started_at: at(0.5), created_at: at(0.5) });
  const step = { id: "train", state: "RUNNING", started_at: at(0.5), parties: {} };
  const recent = [{ ...runs, steps: [step], forecast: { steps: { train: { seconds: 5 } } } } as unknown as JobDetail];
  expect(found({ jobs: [...past, runs], recent })).toMatchObject([{ kind: "overrun", job: "now", step: "train" }]);
});
