import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { queries } from "../../../api/queries";
import { start } from "../../../core/session";
import { core } from "../../../core/texts";
import { data } from "../texts";
import { Labels } from "./Labels";

vi.setConfig({ testTimeout: 20_000 });

const NONE = {
  column: "age",
  type: "integer",
  level: 3,
  klass: "general",
  klass_title: { en: "General", zh: "一般" },
  source: "none",
  suggested: null,
  reasons: [],
  confirmed: false,
  confirmed_by: null,
  pending: null,
  warning: false,
  reason: "",
};
const NAME = {
  ...NONE,
  column: "name",
  type: "text",
  level: 4,
  source: "suggested",
  confidence: 0.9,
  suggested: { level: 4, klass: "general" },
};
const SCAN = { state: "done", sampled: 300, rows: 300, ended_at: "2026-01-01T00:00:00Z", code: null };

const shown = async (items: unknown[], scan: object): Promise<void> => {
  queries.clear();
  const answers: Record<string, unknown> = {
    "/session": { name: "lin", display_name: "Lin", roles: [], actions: ["label.read"], must_change: false },
    "/session/csrf": { user: "lin", csrf: "token" },
    "/datasets/people/labels": { items, level: 4 },
    "/datasets/people/findings": { items: [], scan },
  };
  vi.stubGlobal("fetch", async (request: Request) => {
    return Response.json(answers[new URL(request.url).pathname.replace("/api/v1", "")] ?? {});
  });
  await Promise.all([core.preload(), data.preload(), start()]);
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <Suspense>
          <Labels name="people" />
        </Suspense>
      </QueryClientProvider>
    </MantineProvider>,
  );
};
beforeEach(() => queries.clear());
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const WHY = "Nothing sensitive recognised; level 3 of 5 counts until somebody decides.";

test("a scan that recognises nothing says so, and what then holds", async () => {
  await shown([NONE], SCAN);
  const all = await screen.findByText(/^Nothing sensitive was recognised\. Level 3 of 5/);
  expect(all.textContent).toContain("general harm if it became known (the default)");
  expect(screen.getByText(WHY)).toBeDefined();
  expect(screen.getByText(/^All 300 rows scanned/)).toBeDefined();
});

test("of single columns beside others, each says so itself", async () => {
  await shown([NONE, NAME], { ...SCAN, rows: 900 });
  expect(await screen.findByText(WHY)).toBeDefined();
  expect(screen.queryByText(/^Nothing sensitive was recognised/)).toBeNull();
  expect(screen.getByText(/^300 of 900 rows scanned/)).toBeDefined();
});

test("before a scan nothing is said to be harmless", async () => {
  await shown([NONE], { ...SCAN, state: "none" });
  expect(await screen.findByText("Not scanned; level 3 of 5 counts until somebody decides.")).toBeDefined();
  expect(screen.queryByText(/^Nothing sensitive/)).toBeNull();
});
