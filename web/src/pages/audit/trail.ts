/** The whole audit trail, read page by page and checked in the browser as it comes. */
import { asProblem, type Problem } from "../../api/client";
import { get } from "../../api/hooks";
import type { AuditEntry } from "../../api/types";
import { type ChainBreak, type ChainState, canHash, chainStart, followChain } from "../../core/crypto";
import { makeStore, type Store } from "../../core/store";

export interface Trail {
  /** Oldest first. */
  entries: readonly AuditEntry[];
  state: ChainState;
  broken?: ChainBreak;
  /** false: this page is not secure, so browsers lend no hash function. */
  checked: boolean;
  loading: boolean;
  problem?: Problem;
  /** When the end was reached last. */
  at?: number;
}

const PAGE = 2_000;
type Read = (after: number, limit: number) => Promise<AuditEntry[]>;

const fromNode: Read = async (after, limit) => (await get("/audit", { query: { after, limit } })).items;

export interface TrailReader {
  store: Store<Trail>;
  /** Reads on to the end; again when called later. */
  load(): Promise<void>;
}

export function makeReader(read: Read = fromNode): TrailReader {
  const store = makeStore<Trail>({ entries: [], state: chainStart(), checked: canHash(), loading: false });
  const change = (part: Partial<Trail>): void => store.set({ ...store.get(), ...part });

  async function readOn(): Promise<boolean> {
    const { entries, state, broken, checked } = store.get();
    const found = await read(entries.at(-1)?.number ?? 0, PAGE);
    const told = checked && broken === undefined ? await followChain(state, found) : { state, broken };
    change({ entries: [...entries, ...found], state: told.state, broken: told.broken });
    return found.length === PAGE;
  }

  async function load(): Promise<void> {
    if (store.get().loading) return;
    change({ loading: true, problem: undefined });
    try {
      while (await readOn());
      change({ at: Date.now() });
    } catch (thrown) {
      change({ problem: asProblem(thrown) });
    } finally {
      change({ loading: false });
    }
  }

  return { store, load };
}

export interface Occurs {
  /** Of the entry that has the hash. */
  number?: number;
  /** Whether the hashes up to it were computed here: only then it says anything of the entries before it. */
  proves: boolean;
}

/** Where a hash that somebody noted stands now. */
export function occurrenceOf({ entries, state, checked }: Trail, hash: string): Occurs {
  const number = entries.find((entry) => entry.hash === hash)?.number;
  return { number, proves: checked && number !== undefined && number <= state.number };
}

export interface Filter {
  text: string;
  /** What stands before the dot of an act: "job". */
  area: string;
  actor: string;
  /** Days, as date fields give them. */
  from: string;
  to: string;
}

export const NO_FILTER: Filter = { text: "", area: "", actor: "", from: "", to: "" };

export const areaOf = (act: string): string => act.split(".")[0] ?? act;

/** The entries that fit, newest first. `words`, `called`: how acts and subjects read to the person who searches. */
export function matching(
  entries: readonly AuditEntry[],
  filter: Filter,
  words: (act: string) => string,
  called: (subject: string) => string = (subject) => subject,
): AuditEntry[] {
  const wanted = filter.text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const from = filter.from === "" ? Number.NEGATIVE_INFINITY : new Date(`${filter.from}T00:00:00`).getTime();
  const to = filter.to === "" ? Number.POSITIVE_INFINITY : new Date(`${filter.to}T23:59:59.999`).getTime();
  const fits = (entry: AuditEntry): boolean => {
    if (entry.at < from || entry.at > to) return false;
    if (filter.area !== "" && areaOf(entry.act) !== filter.area) return false;
    if (filter.actor !== "" && entry.actor !== filter.actor) return false;
    if (wanted.length === 0) return true;
    const text = `${entry.number} ${entry.act} ${words(entry.act)} ${entry.actor} ${entry.subject} ${called(entry.subject)} ${JSON.stringify(entry.details)} ${entry.hash}`;
    const low = text.toLowerCase();
    return wanted.every((word) => low.includes(word));
  };
  return entries.filter(fits).reverse();
}

/** Values that occur, the most frequent first. */
export function frequent(values: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([one, n], [other, m]) => m - n || (one < other ? -1 : 1)).map(([value]) => value);
}
