import IconPlayerPlay from "@tabler/icons-react/dist/esm/icons/IconPlayerPlay.mjs";
import { registerPage } from "../../core/nav";

registerPage({
  path: "/jobs",
  action: "job.read",
  nav: { group: "daily", order: 40, icon: IconPlayerPlay, label: "nav.jobs" },
  load: () => import("./list"),
});
registerPage({
  path: "/jobs/compare",
  action: "job.read",
  nav: { under: "/jobs", order: 20, label: "nav.jobs.compare" },
  load: () => import("./compare"),
});
registerPage({ path: "/jobs/:id", action: "job.read", load: () => import("./job") });
registerPage({ path: "/jobs/:id/report", action: "job.read", bare: true, load: () => import("../../report/page") });
