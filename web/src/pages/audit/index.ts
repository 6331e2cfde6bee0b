import IconShieldCheck from "@tabler/icons-react/dist/esm/icons/IconShieldCheck.mjs";
import { registerPage } from "../../core/nav";

registerPage({
  path: "/audit",
  action: "audit.read",
  nav: { group: "network", order: 70, icon: IconShieldCheck, label: "nav.audit" },
  load: () => import("./trail_page"),
});
registerPage({
  path: "/audit/receipts",
  action: "job.read",
  nav: { under: "/audit", order: 71, label: "nav.audit.receipts" },
  load: () => import("./receipts_page"),
});
registerPage({ path: "/audit/receipts/:id", action: "job.read", load: () => import("./receipt_page") });
