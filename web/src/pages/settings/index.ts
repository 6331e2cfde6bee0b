import IconSettings from "@tabler/icons-react/dist/esm/icons/IconSettings.mjs";
import { registerPage } from "../../core/nav";

registerPage({
  path: "/settings",
  nav: { group: "admin", order: 90, icon: IconSettings, label: "nav.settings" },
  load: () => import("./page"),
});
registerPage({ path: "/settings/users/:name", action: "user.read", load: () => import("./user_page") });
registerPage({ path: "/settings/clients/:name", action: "client.read", load: () => import("./client_page") });
