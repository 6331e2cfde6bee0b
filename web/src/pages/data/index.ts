import IconDatabase from "@tabler/icons-react/dist/esm/icons/IconDatabase.mjs";
import { registerPage } from "../../core/nav";

registerPage({
  path: "/data",
  action: "dataset.read",
  nav: { group: "daily", order: 20, icon: IconDatabase, label: "nav.data" },
  load: () => import("./catalogue/page"),
});
registerPage({
  path: "/data/connect",
  action: "dataset.register",
  nav: { under: "/data", order: 10, label: "nav.data.connect" },
  load: () => import("./connect/page"),
});
registerPage({
  path: "/data/requests",
  action: "grant.read",
  nav: { under: "/data", order: 20, label: "nav.data.requests" },
  load: () => import("./requests/page"),
});
registerPage({ path: "/data/peers/:peer", action: "peer.explore", load: () => import("./peer/page") });
registerPage({ path: "/data/:name", action: "dataset.read", load: () => import("./dataset/page") });
