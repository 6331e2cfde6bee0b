import IconBriefcase from "@tabler/icons-react/dist/esm/icons/IconBriefcase.mjs";
import { registerPage } from "../../core/nav";

registerPage({
  path: "/projects",
  action: "agreement.read",
  nav: { group: "daily", order: 30, icon: IconBriefcase, label: "nav.projects" },
  load: () => import("./list"),
});
registerPage({ path: "/projects/new", action: "agreement.propose", load: () => import("./propose") });
registerPage({ path: "/projects/:id", action: "agreement.read", load: () => import("./project") });
registerPage({ path: "/projects/:id/terms", action: "agreement.read", load: () => import("./revise") });
