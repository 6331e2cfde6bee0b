import { registerPage } from "../../core/nav";

registerPage({
  path: "/schedules",
  action: "schedule.read",
  nav: { under: "/jobs", order: 30, label: "nav.schedules" },
  load: () => import("./list"),
});
registerPage({ path: "/schedules/:name", action: "schedule.read", load: () => import("./schedule") });
