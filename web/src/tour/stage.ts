/** What the tour knows of the demo: who plays which part, what their tables are, and the flows that are made of them. */
import { useGet } from "../api/hooks";
import type { Column } from "../api/types";
import { type Chair, demoNow, type Facts, ownChair } from "../demo/chairs";
import type { FlowDoc } from "../flow/document";
import { type TemplateId, templateNamed } from "../flow/templates/templates";

export interface Stage {
  /** Who begins; who has the other table; who deals randomness. */
  first: Chair;
  partner: Chair;
  dealer?: Chair;
  own?: Chair;
  facts?: Facts;
}

export function stageNow(): Stage | undefined {
  const demo = demoNow();
  const [first, partner, dealer] = demo?.chairs ?? [];
  if (demo === undefined || first === undefined || partner === undefined) return undefined;
  return { first, partner, dealer, own: ownChair(demo), facts: demo.facts };
}

interface Table {
  name: string;
  columns: Column[];
}

/** The column by which rows are matched: both have it, and it is not predicted. */
export function keyOf(mine: Column[], theirs: Column[], label: string | undefined): string | undefined {
  const others = new Set(theirs.map(({ name }) => name));
  return mine.find(({ name }) => name !== label && others.has(name))?.name;
}

export const FLOWS = { intersect: "psi", train: "train" } as const satisfies Record<string, TemplateId>;
export type Part = keyof typeof FLOWS;

/** The flow that the template of the same name makes; nothing while the tables are not known. */
export function flowOf(
  part: Part,
  stage: Stage,
  mine: Table | undefined,
  theirs: Table | undefined,
): FlowDoc | undefined {
  const label = stage.facts?.label;
  const key = mine && theirs && keyOf(mine.columns, theirs.columns, label);
  if (mine === undefined || theirs === undefined || key === undefined) return undefined;
  return templateNamed(FLOWS[part])?.build({
    me: stage.first.name,
    partners: [stage.partner.name],
    dealer: stage.dealer?.name,
    model: "joint-model",
    tables: {
      [stage.first.name]: { dataset: mine.name, keys: [key], label: part === "train" ? label : undefined },
      [stage.partner.name]: { dataset: theirs.name, keys: [key] },
    },
  });
}

/** Both tables, as the first chair sees them. */
export function useTables(stage: Stage): { mine?: Table; theirs?: Table } {
  const isFirst = stage.own === stage.first;
  const mine = useGet("/datasets", undefined, { enabled: isFirst }).data?.items;
  const path = { name: stage.partner.name };
  const theirs = useGet("/peers/{name}/datasets", { path }, { enabled: isFirst, staleTime: 60_000 }).data?.items;
  const label = stage.facts?.label;
  const own = mine?.find(({ columns }) => columns.some(({ name }) => name === label)) ?? mine?.[0];
  return { mine: own, theirs: theirs?.[0] };
}
