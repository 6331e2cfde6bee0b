/** How a table, a file or a query behind a connection is looked at. */
import { queryOptions } from "@tanstack/react-query";
import { act } from "../../../api/hooks";
import type { Glance } from "../../../api/types";
import { bodyOf } from "../connect/encodings";
import type { Entry } from "../connect/plan";

export type Item = Pick<Entry, "kind" | "item" | "format" | "encoding">;
const ROWS = 20_000;

/** A sampled profile, once for each way of reading it. */
export const lookAt = (connection: string, item: Item) =>
  queryOptions({
    queryKey: ["profile of item", connection, item.kind, item.item, item.encoding ?? ""],
    queryFn: (): Promise<Glance> =>
      act("post", "/connections/{name}/profile", { path: { name: connection }, body: { ...bodyOf(item), rows: ROWS } }),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
