/** Who did something, as people read it. */
import { data } from "./texts";

/** The node's own account and its own acts have no user name. */
export function usePerson(): (name: string) => string {
  const t = data.useT();
  return (name) => (name === "local" ? t("person.local") : name);
}
