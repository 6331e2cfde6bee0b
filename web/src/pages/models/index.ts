import IconCube from "@tabler/icons-react/dist/esm/icons/IconCube.mjs";
import { registerPage } from "../../core/nav";

registerPage({
  path: "/models",
  action: "model.read",
  nav: { group: "daily", order: 50, icon: IconCube, label: "nav.models" },
  load: () => import("./page"),
});
registerPage({ path: "/models/:name", action: "model.read", load: () => import("./model_page") });
