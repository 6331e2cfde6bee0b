import IconHome from "@tabler/icons-react/dist/esm/icons/IconHome.mjs";
import { registerPage } from "../../core/nav";

registerPage({
  path: "/",
  nav: { group: "daily", order: 10, icon: IconHome, label: "nav.home" },
  load: () => import("./page"),
});
