/** The pages of the console. Each area registers its own in `pages/<area>/index.ts`; nothing else names them. */
import type { Icon } from "@tabler/icons-react";
import type { ComponentType } from "react";
import type en from "./texts/en.json";

type Base<K> = K extends `${infer B}_one` | `${infer B}_other` ? B : K;
export type CoreKey = Base<keyof typeof en>;
type NavKey = Extract<CoreKey, `nav.${string}`>;
export type PageParams = Record<string, string>;
export interface PageProps {
  /** Parts of the path: `:name` as `name`. */
  params: PageParams;
}

export interface NavEntry {
  /** Only first-level entries have a group; `under` puts an entry below the first-level entry of that path. */
  group?: "daily" | "network" | "admin";
  under?: string;
  order: number;
  icon?: Icon;
  /** Key of core/texts, "nav.…". */
  label: NavKey;
  /** Hook: a number to show, such as what waits. */
  useBadge?: () => number | undefined;
}

export interface PageEntry {
  /** wouter's pattern: "/jobs/:id". More exact ones win over patterns with names. */
  path: string;
  nav?: NavEntry;
  /** The right to read it. Who lacks it does not see it in the navigation. */
  action?: string;
  /** Without the frame of navigation and header: reports, wall screens. */
  bare?: boolean;
  /** Stays as it is when only a name in its path changes: a new thing that gets its id. */
  keeps?: boolean;
  load(): Promise<{ default: ComponentType<PageProps> }>;
}

const entries: PageEntry[] = [];

export function registerPage(entry: PageEntry): void {
  entries.push(entry);
}

/** All pages; exact paths before patterns, so that `/data/market` is not a dataset's name. */
export function pages(): readonly PageEntry[] {
  const named = (entry: PageEntry): number => entry.path.split("/").filter((part) => part.startsWith(":")).length;
  return [...entries].sort((one, other) => named(one) - named(other));
}

const part = encodeURIComponent;
const withTab = (place: string, tab?: string): string => (tab === undefined ? place : `${place}?tab=${part(tab)}`);

/** Places for `<Link href>`, `go` and `rowHref`. */
export const to = {
  home: (): string => "/",
  job: (id: string, tab?: string): string => withTab(`/jobs/${part(id)}`, tab),
  jobReport: (id: string): string => `/jobs/${part(id)}/report`,
  dataset: (name: string, tab?: string): string => withTab(`/data/${part(name)}`, tab),
  flow: (id: string): string => `/flows/${part(id)}`,
  agreement: (id: string, tab?: string): string => withTab(`/projects/${part(id)}`, tab),
  item: (id: string): string => `/approvals/${part(id)}`,
  model: (name: string): string => `/models/${part(name)}`,
  peerData: (peer: string): string => `/data/peers/${part(peer)}`,
};
