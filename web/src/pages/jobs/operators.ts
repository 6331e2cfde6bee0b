/** What operators and their roles are called. */
import { useGet } from "../../api/hooks";
import type { Operator } from "../../api/types";
import { useW } from "../../core/texts";

function useOperators(): ReadonlyMap<string, Operator> {
  const found = useGet("/operators", { query: { limit: 1000 } }, { staleTime: 600_000 });
  return new Map(found.data?.items.map((operator) => [operator.name, operator]));
}

export function useOperatorTitle(): (name: string) => string {
  const w = useW();
  const known = useOperators();
  return (name) => w(known.get(name)?.title) || name;
}

export function useRoleTitle(): (operator: string, role: string) => string {
  const w = useW();
  const known = useOperators();
  return (operator, role) => w(known.get(operator)?.roles.find(({ name }) => name === role)?.title) || role;
}
