/** What the wizard is about to register: one entry per table, file or query that was chosen. */

export const STAGES = ["source", "test", "choose", "look", "classify", "done"] as const;
export type Stage = (typeof STAGES)[number];
export type ItemKind = "table" | "query" | "object";
export interface Entry {
  kind: ItemKind;
  /** Name of the table or file, or the statement. */
  item: string;
  format?: string;
  /** Of a CSV, where a person chose another one than the node found. */
  encoding?: string;
  name: string;
  description: string;
  published: boolean;
}
export interface Plan {
  stage: Stage;
  connection?: string;
  /** Its kind. */
  kind?: string;
  /** The file that was named along with its folder. */
  file?: string;
  entries: Entry[];
  /** Names of the datasets that are registered. */
  done: string[];
}
export const NEW_PLAN: Plan = { stage: "source", entries: [], done: [] };

const NAME = /^[a-z][a-z0-9_-]{0,62}$/;
export const isName = (name: string): boolean => NAME.test(name);

/** The name of a file without its folders and its ending; of a table without the schema that all have. */
function bareOf(item: string): string {
  const last = item.replace(/\/+$/, "").split("/").pop() ?? "";
  return last.replace(/\.(csv|tsv|parquet|arrow|feather|ipc)(\.gz)?$/i, "").replace(/^public\./, "");
}

/** What of a text a name may hold, beginning with anything that it may. */
const plainOf = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, "-")
    .replace(/^[-_]+|[-_]+$/g, "");

/** Whether it has letters that a name cannot have. */
const isForeign = (text: string): boolean => /\p{L}/u.test(text.replace(/[a-z]/gi, ""));
const THIN = 3;

/**
 * A dataset's name made of the name of a file or table, other than those that are taken. Where that has hardly a letter
 * that a name may hold, one of its folders helps, or one of `others`.
 */
export function nameFor(item: string, taken: ReadonlySet<string>, others: readonly string[] = []): string {
  const bare = bareOf(item);
  const plain = plainOf(bare);
  const letters = plain.replace(/^[^a-z]+/, "");
  const thin = letters === "" || (letters.length < THIN && isForeign(bare.normalize("NFKD")));
  const folders = item.replace(/\/+$/, "").split("/").slice(0, -1).reverse();
  const helps = [...folders, ...others].map((one) => plainOf(one).replace(/^[^a-z]+/, ""));
  const help = helps.find((one) => one.length >= THIN) ?? "dataset";
  const name = (thin ? [help, plain].filter(Boolean).join("-") : letters).slice(0, 56);
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name}-${number}`)) number += 1;
  return `${name}-${number}`;
}

/** What its name says to people, where a dataset's name cannot. */
export const describedBy = (item: string): string => (isForeign(bareOf(item)) ? bareOf(item) : "");

/** Entries for the chosen items behind a connection; those that were there keep what was typed. */
export function entriesFor(
  chosen: { kind: ItemKind; item: string; format?: string | null }[],
  before: Entry[],
  taken: Iterable<string>,
  connection = "",
): Entry[] {
  const names = new Set(taken);
  return chosen.map(({ kind, item, format }) => {
    const known = before.find((entry) => entry.kind === kind && entry.item === item);
    const name = known?.name ?? nameFor(kind === "query" ? "query" : item, names, [connection]);
    names.add(name);
    const description = kind === "query" ? "" : describedBy(item);
    return known ?? { kind, item, format: format ?? undefined, name, description, published: true };
  });
}

/** What is chosen before anybody chooses: what was chosen before, the file that was named, or the only one there is. */
export function likelyItems(items: readonly string[], before: readonly string[], file?: string): string[] {
  if (before.length > 0) return [...before];
  if (file !== undefined && items.includes(file)) return [file];
  return items.length === 1 ? [...items] : [];
}

export type NameFault = "shape" | "taken" | "twice";

/** What is wrong with an entry's name; undefined: nothing. */
export function faultOf(entry: Entry, all: Entry[], taken: ReadonlySet<string>): NameFault | undefined {
  if (!isName(entry.name)) return "shape";
  if (taken.has(entry.name)) return "taken";
  return all.some((other) => other !== entry && other.name === entry.name) ? "twice" : undefined;
}
