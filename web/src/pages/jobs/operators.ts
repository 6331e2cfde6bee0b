/** What operators are called. */
import { useGet } from "../../api/hooks";
import { useW } from "../../core/texts";

export function useOperatorTitle(): (name: string) => string {
  const w = useW();
  const found = useGet("/operators", { query: { limit: 1000 } }, { staleTime: 600_000 });
  const titles = new Map(found.data?.items.map((operator) => [operator.name, operator.title]));
  return (name) => w(titles.get(name)) || name;
}
