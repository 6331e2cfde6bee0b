/** What the palette holds: operators that every party of the flow can run, on their shelves. */
import type { Operator, Wording } from "../../api/types";

export interface Shelf {
  group: string;
  title: string;
  specs: readonly Operator[];
}
/** Why an operator is not offered. */
export interface Lack {
  spec: Operator;
  /** Parties whose nodes do not have it in this version. */
  parties: readonly string[];
  /** It does not run under the flow's security profile. */
  profile: boolean;
}
export interface Divided {
  runnable: readonly Operator[];
  hidden: readonly Lack[];
}
/** Party -> what its node has, as "name version"; undefined where it did not say. */
export type Installed = ReadonlyMap<string, ReadonlySet<string> | undefined>;

export const keyOf = (name: string, version: string): string => `${name} ${version}`;

export function divided(specs: Iterable<Operator>, installed: Installed, profile: string): Divided {
  const judged = [...specs].map((spec): Lack => {
    const key = keyOf(spec.name, spec.version);
    const parties = [...installed].filter(([, has]) => has !== undefined && !has.has(key)).map(([party]) => party);
    return { spec, parties, profile: !spec.profiles.includes(profile) };
  });
  const lacks = ({ parties, profile: other }: Lack): boolean => parties.length > 0 || other;
  return { runnable: judged.filter((one) => !lacks(one)).map(({ spec }) => spec), hidden: judged.filter(lacks) };
}

const ORDER = ["data", "align", "prepare", "statistics", "models", "evaluation"];
const rankOf = (group: string): number => {
  const place = ORDER.indexOf(group);
  return place < 0 ? ORDER.length : place;
};

/** Those that hold every word of `text`, by shelf. */
export function shelves(specs: readonly Operator[], text: string, w: (words: Wording) => string): Shelf[] {
  const wanted = text.trim().toLowerCase().split(/\s+/);
  const found = specs.filter(({ name, title, help }) => {
    const all = `${name} ${title.en} ${title.zh} ${help.en} ${help.zh}`.toLowerCase();
    return wanted.every((word) => all.includes(word));
  });
  const groups = [...new Set(found.map((spec) => spec.group))].sort((one, other) => rankOf(one) - rankOf(other));
  return groups.map((group) => {
    const mine = found.filter((spec) => spec.group === group);
    return { group, title: mine[0] === undefined ? group : w(mine[0].group_title), specs: mine };
  });
}
