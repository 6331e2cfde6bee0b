import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { actors } from "../../actors/texts";
import { queries } from "../../api/queries";
import type { JobDetail } from "../../api/types";
import { start } from "../../core/session";
import { core } from "../../core/texts";
import { Failure } from "./Failure";
import { jobs } from "./texts";

const ENDED = "2026-01-01T00:10:00Z";
const failed = {
  id: "job-1",
  name: "scoring",
  initiator: "hospital",
  mine: true,
  state: "FAILED",
  error: null,
  started_at: "2026-01-01T00:00:00Z",
  ended_at: ENDED,
  cause: { party: "lab", step: "train", code: "worker.killed" },
  parties: {},
  steps: [{ id: "train", operator: "test.step", state: "FAILED", parties: {}, at: {} }],
} as unknown as JobDetail;
const reason = { number: 1, at: Date.parse(ENDED), subject: "job:job-1", actor: "user:ada", act: "job.reason" };

beforeEach(async () => {
  queries.clear();
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname, searchParams } = new URL(request.url);
    const path = pathname.replace("/api/v1", "");
    const actions = ["node.read", "job.retry", "job.submit", "flow.write", "audit.read"];
    if (path === "/session") return Response.json({ name: "lin", roles: [], actions });
    if (path === "/session/csrf") return Response.json({ user: "lin", csrf: "token" });
    if (path === "/node") return Response.json({ name: "hospital" });
    const told = path === "/audit" && Number(searchParams.get("after")) < 1;
    return Response.json({ items: told ? [{ ...reason, details: { reason: "wrong month" } }] : [], next: null });
  });
  await Promise.all([core.preload(), jobs.preload(), actors.preload(), start()]);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const shown = (job: Partial<JobDetail>): Promise<void> =>
  act(async () => {
    render(
      <MantineProvider env="test">
        <QueryClientProvider client={queries}>
          <Suspense>
            <Failure job={{ ...failed, ...job } as JobDetail} log={[]} />
          </Suspense>
        </QueryClientProvider>
      </MantineProvider>,
    );
  });
const acts = (): (string | null)[] => screen.queryAllByRole("button").map((button) => button.textContent);

test("a failure elsewhere says who mends it, and offers to go on, to change the flow and to run it again", async () => {
  await shown({});
  expect(await screen.findByText(/^lab has to mend it/)).toBeDefined();
  expect(acts().slice(-3)).toEqual(["Retry from train", "Change the flow at train", "Run again"]);
});

test("where a retry reads the same data with the same settings, the flow is what to change first", async () => {
  const cause = { party: "hospital", step: "train", code: "data.label_not_binary" };
  await shown({ cause });
  expect(await screen.findByText(/^A retry would end in the same way/)).toBeDefined();
  expect(acts().slice(-3)).toEqual(["Change the flow at train", "Retry from train", "Run again"]);
  const filled = screen.queryAllByRole("button").filter((button) => button.dataset.variant === "filled");
  expect(filled.map((button) => button.textContent)).toEqual(["Change the flow at train"]);
});

test("who cannot retry a job is told who can", async () => {
  await shown({ mine: false, initiator: "lab" });
  expect(await screen.findByText(/^lab has to mend it and can then retry/)).toBeDefined();
  expect(acts()).not.toContain("Retry from train");
});

test("a cancelled job says who, and why where it was said here", async () => {
  await shown({ state: "CANCELLED", cause: { party: "hospital", step: null, code: "job.cancelled" }, steps: [] });
  expect(await screen.findByText("wrong month")).toBeDefined();
  expect(screen.getByText("hospital")).toBeDefined();
  expect(screen.getByText("ada")).toBeDefined();
  expect(acts()).toEqual(["Change the flow", "Run again"]);
});

test("a job rejected elsewhere says by whom, and where the reason is", async () => {
  await shown({ state: "REJECTED", cause: { party: "lab", step: null, code: "job.rejected" } });
  expect(await screen.findByText("A reason that was given stays at lab. Ask them for it.")).toBeDefined();
});
