import { useGet } from "../../api/hooks";
import type { Agreement, InboxItem } from "../../api/types";
import { useMe } from "../../core/session";
import { mayDecide } from "./state";

/** What waits for a person here: the present offer of this agreement. */
export function useOwnItem(agreement: Agreement): InboxItem | undefined {
  const me = useMe();
  const wanted = me.can("inbox.read") && mayDecide(agreement);
  const items = useGet("/inbox", { query: { state: "open", limit: 100 } }, { enabled: wanted }).data?.items ?? [];
  return items.find((item) => item.kind === "agreement" && item.subject.startsWith(agreement.id));
}
