/** The sampled profile of a table, a file or a query behind a connection. */
import { useQuery } from "@tanstack/react-query";
import { act } from "../../../api/hooks";
import type { Glance } from "../../../api/types";
import { Async } from "../../../ui/Async";
import { GlanceView } from "./GlanceView";

export interface Item {
  kind: "table" | "query" | "object";
  item: string;
  format?: string;
}

export function ItemLook({ connection, item }: { connection: string; item: Item }) {
  const query = useQuery<Glance>({
    queryKey: ["profile of item", connection, item.kind, item.item],
    queryFn: () =>
      act("post", "/connections/{name}/profile", {
        path: { name: connection },
        body: { [item.kind]: item.item, rows: 20_000, ...(item.format ? { format: item.format } : {}) },
      }),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  return (
    <Async query={query} height={320}>
      {(glance) => <GlanceView glance={glance} />}
    </Async>
  );
}
