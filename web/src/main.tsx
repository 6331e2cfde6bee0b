import "./theme/base.css";
import "./theme/mantine.css";
import "./theme/tokens.css";
import { setNonce } from "get-nonce";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { core } from "./core/texts";
import { begin } from "./demo";
import { paintAppearance } from "./theme/appearance";
import { nonce } from "./theme/nonce";

import.meta.glob("./pages/*/index.ts", { eager: true });

paintAppearance();
if (nonce !== "") setNonce(nonce);
const root = document.getElementById("root");
if (root !== null) {
  await core.preload();
  createRoot(root).render(<App />);
  void begin();
}
