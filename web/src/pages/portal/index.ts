import { registerPage } from "../../core/nav";

registerPage({
  path: "/operations/portal",
  action: "portal.read",
  nav: { under: "/operations", order: 82, label: "nav.portal" },
  load: () => import("./page"),
});
registerPage({ path: "/operations/portal/:id", action: "portal.read", load: () => import("./application_page") });
