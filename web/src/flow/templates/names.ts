/** What a flow that is begun is called: a name that no other has here, and a title in both languages. */
import type { FlowDoc } from "../document";
import { sides } from "../sides/texts";
import type { TemplateId } from "./templates";

const LONGEST = 63;
const ALL = 999;

/** 1: the name itself is free; else the least number that makes it so. */
export function placeOf(name: string, taken: ReadonlySet<string>): number {
  for (let place = 1; place < ALL; place += 1) if (!taken.has(numbered(name, place))) return place;
  return ALL;
}

export function numbered(name: string, place: number): string {
  const end = place === 1 ? "" : `-${place}`;
  return `${name.slice(0, LONGEST - end.length)}${end}`;
}

/** Approvers tell flows apart by name, and are shown what changed since the last one of that name. */
export async function named(
  doc: FlowDoc,
  template: TemplateId,
  taken: ReadonlySet<string>,
  project?: string,
): Promise<FlowDoc> {
  const place = placeOf(doc.name, taken);
  const [en, zh] = await Promise.all([titleIn("en"), titleIn("zh")]);
  return { ...doc, name: numbered(doc.name, place), title: { zh, en } };

  async function titleIn(language: "zh" | "en"): Promise<string> {
    const t = await sides.of(language);
    const bare = t(`template.${template}`);
    const title = project === undefined ? bare : t("template.title", { project, template: bare });
    return place === 1 ? title : `${title} (${place})`;
  }
}
