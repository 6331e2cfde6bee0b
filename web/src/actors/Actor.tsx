/** Who acted, for people: organisations with their colour, everybody else by name. */
import { Party } from "../ui/Party";
import { actorOf } from "./actor";
import { actors } from "./texts";

export function Actor({ of }: { of: string }) {
  const t = actors.useT();
  const { kind, name } = actorOf(of);
  if (kind === "peer") return <Party name={name} size="sm" />;
  if (kind === "user") return <span data-raw>{name}</span>;
  if (kind === "client" || kind === "rule" || kind === "key") return <span>{t(kind, { name })}</span>;
  if (kind === "flow") return <span>{t("standing", { name })}</span>;
  return <span>{t(kind)}</span>;
}

const ROLES = ["administrator", "data_owner", "data_scientist", "compliance_officer", "operator", "auditor"] as const;
type Role = (typeof ROLES)[number];
const isRole = (name: string): name is Role => (ROLES as readonly string[]).includes(name);

/** The name of a role in the reader's language. */
export function useRoleName(): (role: string) => string {
  const t = actors.useT();
  return (role) => (isRole(role) ? t(`role.${role}`) : role);
}
