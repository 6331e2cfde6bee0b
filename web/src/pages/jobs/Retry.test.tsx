import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { queries } from "../../api/queries";
import type { JobDetail } from "../../api/types";
import { start } from "../../core/session";
import { core } from "../../core/texts";
import { isRetriable, Retry } from "./Retry";
import { jobs } from "./texts";

const step = (id: string, state: string) => ({ id, operator: "test.step", state, parties: {}, at: {} });
const failed = {
  id: "job-1",
  name: "scoring",
  mine: true,
  state: "FAILED",
  started_at: "2026-01-01T00:00:00Z",
  cause: { party: "lab", step: "train", code: "worker.killed" },
  steps: [step("read", "SUCCESS"), step("train", "FAILED"), step("test", "PENDING")],
} as unknown as JobDetail;

const asked: { path: string; body: unknown }[] = [];
let answer: { status: number; body: unknown };

beforeEach(async () => {
  asked.length = 0;
  answer = { status: 200, body: failed };
  queries.clear();
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname.replace("/api/v1", "");
    if (path === "/session") return Response.json({ name: "lin", roles: [], actions: ["job.retry"] });
    if (path === "/session/csrf") return Response.json({ user: "lin", csrf: "token" });
    if (request.method === "GET") return Response.json({ items: [], next: null });
    asked.push({ path, body: await request.json() });
    return Response.json(answer.body, { status: answer.status });
  });
  await Promise.all([core.preload(), jobs.preload(), start()]);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const shown = (onClose: () => void) =>
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <Suspense>
          <Retry job={failed} onClose={onClose} />
        </Suspense>
      </QueryClientProvider>
    </MantineProvider>,
  );

test("only an own job that began and failed may be retried, unless something was taken back", () => {
  expect(isRetriable(failed)).toBe(true);
  for (const other of [
    { mine: false },
    { state: "CANCELLED" },
    { state: "RUNNING" },
    { started_at: null },
    { cause: { party: "lab", step: null, code: "job.revoked" } },
  ])
    expect(isRetriable({ ...failed, ...other })).toBe(false);
});

test("what is kept and what runs again is said before it is asked for", async () => {
  const close = vi.fn();
  shown(close);
  expect(within(await screen.findByRole("region", { name: "Kept: 1 step" })).getByText("read")).toBeDefined();
  const again = within(screen.getByRole("region", { name: "Runs again: 2 steps" }));
  expect(again.getAllByRole("listitem").map((item) => item.textContent?.split(" ")[0])).toEqual(["train", "test"]);
  fireEvent.change(screen.getByLabelText(/Reason/), { target: { value: "more memory" } });
  fireEvent.click(screen.getByRole("button", { name: "Retry" }));
  await waitFor(() => expect(close).toHaveBeenCalled());
  expect(asked).toEqual([{ path: "/jobs/job-1/retry", body: { reason: "more memory" } }]);
});

test("a refusal is shown, and what was typed stays", async () => {
  answer = { status: 409, body: { code: "job.retry_expired", title: "The job failed too long ago to be retried." } };
  const close = vi.fn();
  shown(close);
  fireEvent.change(await screen.findByLabelText(/Reason/), { target: { value: "more memory" } });
  fireEvent.click(screen.getByRole("button", { name: "Retry" }));
  expect(await screen.findByText(/failed too long ago/)).toBeDefined();
  expect(close).not.toHaveBeenCalled();
  expect(screen.getByLabelText<HTMLTextAreaElement>(/Reason/).value).toBe("more memory");
});
