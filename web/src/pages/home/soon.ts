/** What runs out or went wrong by itself, and wants somebody's eye. */
import type { Agreement, Dataset, Grant, Schedule } from "../../api/types";
import { to } from "../../core/nav";

export const GRANT_DAYS = 14;
export const AGREEMENT_DAYS = 30;
const DAY_MS = 86_400_000;

export type SoonKind = "grant_given" | "grant_asked" | "agreement" | "schedule" | "changed" | "missing";
export interface Soon {
  key: string;
  kind: SoonKind;
  /** Of the dataset, agreement or schedule. */
  name: string;
  peer?: string;
  /** When it ends, or when it happened. */
  at?: string;
  href: string;
  urgent: boolean;
}
interface Known {
  grants?: Grant[];
  agreements?: Agreement[];
  schedules?: Schedule[];
  datasets?: Dataset[];
}

/** The most urgent first. */
export function soonOf(known: Known, now: number): Soon[] {
  const grants = (known.grants ?? [])
    .filter((one) => isEnding(one.state === "APPROVED", one.until, GRANT_DAYS, now))
    .map((one) => ofGrant(one, now));
  const agreements = (known.agreements ?? [])
    .filter((one) => isEnding(one.state === "ACTIVE", one.valid_until, AGREEMENT_DAYS, now))
    .map((one) => ofAgreement(one, now));
  const schedules = (known.schedules ?? []).filter(hasFailed).map(ofSchedule);
  const datasets = (known.datasets ?? []).flatMap(ofDataset);
  return [...grants, ...agreements, ...schedules, ...datasets].sort(byUrgency);
}

function isEnding(inForce: boolean, end: string | null, days: number, now: number): boolean {
  if (!inForce || end === null) return false;
  const left = Date.parse(end) - now;
  return left > 0 && left < days * DAY_MS;
}

const hasFailed = ({ last }: Schedule): boolean =>
  last !== null && (last.outcome === "failed" || last.job_state === "FAILED");

const isUrgent = (end: string | null, now: number): boolean => end !== null && Date.parse(end) - now < 3 * DAY_MS;

const ofGrant = (grant: Grant, now: number): Soon => ({
  key: grant.id,
  kind: grant.side === "given" ? "grant_given" : "grant_asked",
  name: grant.selector,
  peer: grant.peer,
  at: grant.until ?? undefined,
  href: `/data/requests?tab=${grant.side}`,
  urgent: isUrgent(grant.until, now),
});

const ofAgreement = (agreement: Agreement, now: number): Soon => ({
  key: agreement.id,
  kind: "agreement",
  name: agreement.name,
  at: agreement.valid_until,
  href: to.agreement(agreement.id),
  urgent: isUrgent(agreement.valid_until, now),
});

const ofSchedule = (schedule: Schedule): Soon => ({
  key: `schedule ${schedule.name}`,
  kind: "schedule",
  name: schedule.name,
  at: schedule.last?.at,
  href: "/schedules",
  urgent: true,
});

function ofDataset(dataset: Dataset): Soon[] {
  if (dataset.state !== "changed" && dataset.state !== "missing") return [];
  const kind = dataset.state;
  return [
    {
      key: `dataset ${dataset.name}`,
      kind,
      name: dataset.name,
      href: to.dataset(dataset.name),
      urgent: kind === "missing",
    },
  ];
}

function byUrgency(one: Soon, other: Soon): number {
  if (one.urgent !== other.urgent) return one.urgent ? -1 : 1;
  return (one.at ?? "9").localeCompare(other.at ?? "9");
}
