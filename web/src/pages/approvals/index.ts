import IconRubberStamp from "@tabler/icons-react/dist/esm/icons/IconRubberStamp.mjs";
import { useGet } from "../../api/hooks";
import { registerPage } from "../../core/nav";
import { useMe } from "../../core/session";

/** Only what the person can decide: a number that nothing can be done about is noise. */
function useWaiting(): number | undefined {
  const me = useMe();
  return useGet("/inbox/counts", undefined, { enabled: me.can("inbox.read") }).data?.mine;
}

registerPage({
  path: "/approvals",
  action: "inbox.read",
  nav: { group: "network", order: 60, icon: IconRubberStamp, label: "nav.approvals", useBadge: useWaiting },
  load: () => import("./inbox"),
});
registerPage({
  path: "/approvals/rules",
  action: "rule.read",
  nav: { under: "/approvals", order: 61, label: "nav.approvals.rules" },
  load: () => import("./rules"),
});
registerPage({
  path: "/approvals/standing",
  action: "inbox.read",
  nav: { under: "/approvals", order: 62, label: "nav.approvals.standing" },
  load: () => import("./standing"),
});
registerPage({
  path: "/approvals/delegations",
  action: "delegation.read",
  nav: { under: "/approvals", order: 63, label: "nav.approvals.delegations" },
  load: () => import("./delegations"),
});
registerPage({ path: "/approvals/:id", action: "inbox.read", load: () => import("./item") });
