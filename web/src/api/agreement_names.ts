import { useMe } from "../core/session";
import { useGet } from "./hooks";

/** Id -> name of the agreements that the person may see. */
export function useAgreementNames(): ReadonlyMap<string, string> {
  const { can } = useMe();
  const query = { query: { limit: 500 } };
  const options = { staleTime: 60_000, enabled: can("agreement.read") };
  const known = useGet("/agreements", query, options).data?.items ?? [];
  return new Map(known.map((one) => [one.id, one.name]));
}
