import { registerPage } from "../../core/nav";

registerPage({
  path: "/cockpit",
  action: "node.read",
  nav: { under: "/operations", order: 10, label: "nav.cockpit" },
  load: () => import("./page"),
});
registerPage({ path: "/cockpit/wall", action: "node.read", bare: true, load: () => import("./wall") });
