/** What an answer can only be, or most likely is: read off the project and the catalogues. */
import { own } from "../../core/own";
import type { ColumnOption, DatasetOption } from "../../forms/context";
import { type Answers, likelyKeys, type Table, type Template } from "./templates";

/** The project that a flow is begun in, as far as answers follow from it. */
export interface Agreed {
  id: string;
  name: string;
  members: readonly string[];
  datasets: Readonly<Record<string, readonly string[]>>;
}

export interface Around {
  me: string;
  peers: readonly string[];
  /** undefined: that catalogue is not known here. */
  datasets(party: string): readonly DatasetOption[] | undefined;
  agreed?: Agreed;
  /** The own dataset that the person came with. */
  brought?: string;
}

/** What was answered by hand, and what follows for the rest. */
export function settled(template: Template, around: Around, given: Partial<Answers>): Answers {
  const { me, peers } = around;
  const partners = given.partners ?? likelyPartners(template, around);
  const free = peers.filter((peer) => !partners.includes(peer));
  return {
    me,
    partners,
    dealer: given.dealer ?? (template.dealer && partners.length > 0 ? onlyOf(free) : undefined),
    tables: tablesOf(around, partners, given.tables ?? {}),
    model: given.model ?? (template.model === "new" ? "joint-model" : undefined),
  };
}

/** Whoever can be meant: members of the project who bring data to it, else partners who publish some. */
function likelyPartners({ partners: { least } }: Template, around: Around): string[] {
  const { me, peers, agreed, datasets } = around;
  const bring = (peer: string): boolean =>
    agreed === undefined ? (datasets(peer)?.length ?? 0) > 0 : (own(agreed.datasets, peer)?.length ?? 0) > 0;
  const likely = peers.filter((peer) => peer !== me && bring(peer));
  const found = [likely, [...peers]].find(({ length }) => length > 0 && length === least);
  return found ?? [];
}

function tablesOf(around: Around, partners: string[], given: Record<string, Table>): Record<string, Table> {
  const parties = [around.me, ...partners];
  const names = new Map(
    parties.map((party) => [party, own(given, party)?.dataset ?? likelyDataset(around, party) ?? ""]),
  );
  const columns = (party: string | undefined): ColumnOption[] => columnsOf(around, party, names.get(party ?? ""));
  const keysFor = (party: string): string[] => {
    const other = party === around.me ? partners[0] : around.me;
    const theirs = own(given, other ?? "")?.keys;
    return likelyKeys(namesOf(columns(party)), theirs?.length ? theirs : namesOf(columns(other)));
  };
  const tables = parties.flatMap((party): [string, Table][] => {
    const table = own(given, party);
    const dataset = names.get(party) ?? "";
    if (table !== undefined) return [[party, table]];
    return dataset === "" ? [] : [[party, { dataset, keys: keysFor(party) }]];
  });
  return { ...given, ...Object.fromEntries(tables) };
}

/** The dataset that was brought, the only one of the project, or the only one there is. */
function likelyDataset({ me, agreed, brought, datasets }: Around, party: string): string | undefined {
  const known = datasets(party)?.map(({ name }) => name) ?? [];
  if (party === me && brought !== undefined && known.includes(brought)) return brought;
  const named = own(agreed?.datasets, party) ?? [];
  return onlyOf(named.filter((name) => known.includes(name))) ?? (named.length > 0 ? undefined : onlyOf(known));
}

const onlyOf = <T>(all: readonly T[]): T | undefined => (all.length === 1 ? all[0] : undefined);
const namesOf = (columns: readonly ColumnOption[]): string[] => columns.map(({ name }) => name);

export function columnsOf(around: Pick<Around, "datasets">, party = "", dataset = ""): ColumnOption[] {
  return around.datasets(party)?.find(({ name }) => name === dataset)?.columns ?? [];
}

const NUMBERS = new Set(["integer", "number", "boolean"]);

/** Columns that a model cannot use: those that hold no numbers, and are neither keys nor the label. */
export function leftOut({ model }: Template, columns: readonly ColumnOption[], { keys, label }: Table): string[] {
  if (model === "none") return [];
  return columns.flatMap(({ name, type }) =>
    type === undefined || NUMBERS.has(type) || keys.includes(name) || name === label ? [] : [name],
  );
}

/** The answers with only those columns that the flow can use. */
export function narrowed(template: Template, around: Pick<Around, "datasets">, answers: Answers): Answers {
  const tables = Object.entries(answers.tables).map(([party, table]): [string, Table] => {
    const columns = columnsOf(around, party, table.dataset);
    const out = leftOut(template, columns, table);
    const kept = namesOf(columns).filter((name) => !out.includes(name));
    return [party, out.length === 0 ? table : { ...table, columns: kept }];
  });
  return { ...answers, tables: Object.fromEntries(tables) };
}

/** The parties of a flow that have not signed the project. */
export function outsiders(agreed: Agreed | undefined, { me, partners, dealer }: Answers): string[] {
  const parties = [me, ...partners, ...(dealer === undefined ? [] : [dealer])];
  return agreed === undefined ? [] : parties.filter((party) => !agreed.members.includes(party));
}
