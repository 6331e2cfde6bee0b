import { registerPage } from "../../core/nav";

registerPage({
  path: "/data/market",
  action: "product.read",
  nav: { under: "/data", order: 30, label: "nav.data.market" },
  load: () => import("./page"),
});
registerPage({ path: "/data/products/:product", action: "product.read", load: () => import("./own_page") });
registerPage({ path: "/data/market/:peer/:product", action: "product.read", load: () => import("./product_page") });
