/** Acts in words. */
import { isKnownAct } from "./acts";
import { audit } from "./texts";

export function useActWords(): (act: string) => string {
  const t = audit.useT();
  return (act) => (isKnownAct(act) ? t(`act.${act}`) : act);
}

export const AREAS = [
  "application",
  "backup",
  "client",
  "connection",
  "dataset",
  "delegation",
  "flow",
  "grant",
  "inbox",
  "invitation",
  "job",
  "label",
  "model",
  "peer",
  "policy",
  "product",
  "project",
  "receipt",
  "result",
  "results",
  "rule",
  "schedule",
  "session",
  "signoff",
  "standing",
  "user",
  "vault",
] as const;
type Area = (typeof AREAS)[number];
const isArea = (area: string): area is Area => (AREAS as readonly string[]).includes(area);

export function useAreaWords(): (area: string) => string {
  const t = audit.useT();
  return (area) => (isArea(area) ? t(`area.${area}`) : area);
}
