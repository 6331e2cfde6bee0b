import { registerPage } from "../../core/nav";

registerPage({
  path: "/flows",
  action: "flow.read",
  nav: { under: "/projects", order: 32, label: "nav.flows" },
  load: () => import("./list"),
});
// "new" is an id here too, so that a flow that gets its own does not begin anew on the page
registerPage({ path: "/flows/:id", keeps: true, action: "flow.read", load: () => import("./editor") });
