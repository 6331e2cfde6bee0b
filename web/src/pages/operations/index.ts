import IconServer from "@tabler/icons-react/dist/esm/icons/IconServer.mjs";
import { registerPage } from "../../core/nav";

registerPage({
  path: "/operations",
  action: "peer.read",
  nav: { group: "admin", order: 80, icon: IconServer, label: "nav.operations" },
  load: () => import("./page"),
});
