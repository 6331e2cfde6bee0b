import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { queries } from "../../api/queries";
import { start } from "../../core/session";
import { Subject } from "./Subject";

const JOB = "0c7d1f2e-8a51-4f0e-9d4e-3a3f0d3f2b11";

beforeEach(async () => {
  queries.clear();
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname.replace("/api/v1", "");
    if (path === "/session") return Response.json({ name: "lin", roles: [], actions: ["job.read"] });
    if (path === "/session/csrf") return Response.json({ user: "lin", csrf: "token" });
    return Response.json({ items: path === "/jobs" ? [{ id: JOB, name: "readmission" }] : [], next: null });
  });
  await start();
});
afterEach(cleanup);

const shown = (subject: string) =>
  render(
    <MantineProvider>
      <QueryClientProvider client={queries}>
        <Suspense>
          <Subject of={subject} />
        </Suspense>
      </QueryClientProvider>
    </MantineProvider>,
  );

test("a job is called by its name, with the begin of its id", async () => {
  shown(`job:${JOB}`);
  expect(await screen.findByText("readmission")).toBeTruthy();
  expect(screen.getByText(JOB.slice(0, 8))).toBeTruthy();
});

test("what has no name that is known here is called by its id", async () => {
  shown("job:another");
  expect(await screen.findByText("another")).toBeTruthy();
});
