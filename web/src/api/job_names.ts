import { useMe } from "../core/session";
import { useGet } from "./hooks";

/** Id -> name of the newest jobs, as far as the person may see them. */
export function useJobNames(): ReadonlyMap<string, string> {
  const { can } = useMe();
  const query = { query: { limit: 500 } };
  const options = { staleTime: 60_000, enabled: can("job.read") };
  const known = useGet("/jobs", query, options).data?.items ?? [];
  return new Map(known.map((one) => [one.id, one.name]));
}
