import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const node = process.env.TACIT_DEV ?? "http://127.0.0.1:7300";

/** What every page needs: few files in place of many small ones. */
const SHELL =
  /\/src\/(api|core|theme|ui|shell|demo\/index|pages\/\w+\/index|app)|@tanstack\/(react-)?query|wouter|regexparam|openapi-fetch|get-nonce/;
const PAGES_APART =
  /\/texts\/|core\/(errors|said|hinted)\.[\w.]+json|shell\/(Search|Keys|Expired)|ui\/(Disclosures|Password)|core\/crypto|\.test\./;
const KIT =
  /@floating-ui|react-remove-scroll|react-style-singleton|@mantine\/hooks|@mantine\/core\/esm\/(core|components\/(ActionIcon|Box|Button|CloseButton|Floating|FocusTrap|Group|Input|InputBase|InlineInput|Kbd|Loader|Menu|ModalBase|Modal|OptionalPortal|Overlay|Paper|Popover|Portal|RemoveScroll|ScrollArea|Skeleton|Tooltip|Transition|UnstyledButton|VisuallyHidden|Checkbox|TextInput)\/)/;

function chunkOf(id: string): string | null {
  if (/node_modules\/(react|react-dom|scheduler|use-sync-external-store)\//.test(id)) return "react";
  if (KIT.test(id)) return "kit";
  return SHELL.test(id) && !PAGES_APART.test(id) ? "shell" : null;
}

export default defineConfig({
  base: "./",
  plugins: [react()],
  html: { cspNonce: "__TACIT_NONCE__" },
  build: {
    outDir: "../src/tacit/node/static",
    emptyOutDir: true,
    manifest: true,
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: true,
    chunkSizeWarningLimit: 800,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: chunkOf, debugName: "first page" }] } } },
  },
  server: { proxy: { "/api": node } },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}", "tests/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    pool: "threads",
    maxWorkers: 1,
    isolate: false, // one page for all tests: making a new one for each file takes longer than the tests
  },
});
